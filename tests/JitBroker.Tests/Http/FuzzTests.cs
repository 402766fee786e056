using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace JitBroker.Tests.Http;

public sealed class FuzzTests
{
    private static readonly string[] Words =
    [
        "{", "}", "[", "]", ":", ",", "null", "true", "-1", "1e999", "0.5", "\"\"", "\"entitlement\"", "\"bundle\"", "\"orders-db:read\"", "\"incident-kit\"", "\"duration\"", "\"reason\"",
        "\"startsAt\"", "\"verdict\"", "\"approve\"", "\"deny\"", "\"comment\"", "\"dryRun\"", "\"1h\"", "\"PT1H\"", "\"INC-1\"", "\"2026-11-22T10:00:00Z\"", "\"9999-12-31T23:59:59Z\"",
        "\"\\ud800\"", "\"\\u0000\"", "\u202E", "\0", "\"files\"", "\"path\"", "\"text\"", "&", "=", "client_id=jit", "grant_type", "%zz", "%00", "\uFEFF",
    ];

    [Fact]
    public async Task No_body_ever_makes_a_500()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var (ana, bea) = (await broker.AsAsync("ana"), await broker.AsAsync("bea", canDecide: true));
        var (grant, request) = (await broker.GrantAsync(ana), await broker.AskAsync(ana, "lonely"));
        (ApiCaller Caller, string Path, string Type)[] calls =
        [
            (ana, "/v1/requests", "application/json"),
            (bea, $"/v1/requests/{request}/decisions", "application/json"),
            (ana, $"/v1/grants/{grant}/end", "application/json"),
            (ana, "/v1/catalog/check", "application/json"),
            (broker.Nobody, "/oauth/device_authorization", "application/x-www-form-urlencoded"),
            (broker.Nobody, "/oauth/token", "application/x-www-form-urlencoded"),
            (broker.Nobody, "/oauth/introspect", "application/x-www-form-urlencoded"),
        ];
        var bodies = Gen.Elements(Words).ListOf().Select(string.Concat).Sample(60).Concat(Gen.Elements(Words).ListOf(3).Select(l => "{\"entitlement\":" + string.Join(',', l) + "}").Sample(40));

        foreach (var body in bodies)
        {
            foreach (var (caller, path, type) in calls)
            {
                var answer = await caller.PostAsync(path, body, type: type);
                Assert.True(answer.Status < 500, $"{path} {Convert.ToHexString(Encoding.UTF8.GetBytes(body))} {body}: {answer.Status} {answer.Body}");
            }
        }
    }

    [Fact]
    public async Task No_path_or_query_ever_makes_a_500()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var pieces = Gen.Elements("%00", "%2e%2e", "%ff", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a", "'", "\"", "%25", ";--", "{id}", "é", new string('x', 300), "*", "%e2%80%ae").ListOf().Select(string.Concat).Sample(40);

        foreach (var piece in pieces.Where(p => p.Length is > 0 and < 2000))
        {
            foreach (var path in new[] { $"/v1/requests/{piece}", $"/v1/grants/{piece}", $"/v1/entitlements/{piece}/why", $"/v1/grants?person={piece}", $"/v1/requests?cursor={piece}", $"/{piece}" })
            {
                var answer = await ana.GetAsync(path);
                Assert.True(answer.Status < 500, $"{path}: {answer.Status} {answer.Body}");
            }
        }
    }
}
