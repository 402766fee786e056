using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Tests.Http;

/// <summary>What holds for every call.</summary>
public sealed class SurfaceTests
{
    [Fact]
    public async Task Every_mapped_route_is_documented_with_its_errors_and_its_scheme()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var document = (await broker.Nobody.GetAsync("/openapi/v1.json")).Is(200).Json;

        var routes = broker.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Select(m => (Method: m, Path: "/" + e.RoutePattern.RawText!.Trim('/'))) ?? [])
            .Where(r => r.Path != "/openapi/{documentName}.json" && !r.Path.StartsWith("/slack/", StringComparison.Ordinal))
            .ToList();

        Assert.True(routes.Count > 15);
        foreach (var (method, path) in routes)
        {
            var operation = document["paths"]?[path]?[method.ToLowerInvariant()];
            Assert.True(operation is not null, $"{method} {path} is not in the document.");
            Assert.False(string.IsNullOrEmpty((string?)operation["summary"]));
            var responses = operation["responses"]!.AsObject().Select(r => r.Key).ToList();
            Assert.Contains("500", responses);
            if (path.StartsWith("/v1/", StringComparison.Ordinal))
            {
                Assert.Contains("401", responses);
                Assert.Equal("session", operation["security"]![0]!.AsObject().First().Key);
            }
        }

        Assert.Equal("bearer", (string?)document["components"]!["securitySchemes"]!["session"]!["scheme"]);
        Assert.Contains("code", document["components"]!["schemas"]!["Problem"]!["properties"]!.AsObject().Select(p => p.Key));
        Assert.Equal(["pending", "approved", "denied", "cancelled", "lapsed"], document["components"]!["schemas"]!["RequestState"]!["enum"]!.AsArray().Select(w => (string?)w));
        AssertReferencesResolve(document, document);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("GET", "/v1/nothing", 404, "not_found")]
    [InlineData("GET", "/v1/secrets", 404, "not_found")]
    [InlineData("GET", "/c", 404, "not_found")]
    [InlineData("PUT", "/c/01ARZ3NDEKTSV4RRFFQ69G5FAV", 405, "invalid_request")]
    [InlineData("GET", "/c/01ARZ3NDEKTSV4RRFFQ69G5FAV/sign-in", 405, "invalid_request")]
    [InlineData("POST", "/v1/grants/01ARZ3NDEKTSV4RRFFQ69G5FAV/extensions", 404, "not_found")]
    [InlineData("DELETE", "/v1/requests", 405, "invalid_request")]
    [InlineData("GET", "/oauth/token", 405, "invalid_request")]
    [InlineData("HEAD", "/v1/grants/01ARZ3NDEKTSV4RRFFQ69G5FAV/credentials", 405, null)]
    [InlineData("GET", "/v1/grants/01ARZ3NDEKTSV4RRFFQ69G5FAV/credentials", 405, "invalid_request")]
    [InlineData("GET", "/v1/requests/01ARZ3NDEKTSV4RRFFQ69G5FAV/decisions", 405, "invalid_request")]
    public async Task What_is_not_served_is_a_problem_too(string method, string path, int status, string? code)
    {
        await using var broker = await BrokerFixture.NewAsync();

        var answer = await (await broker.AsAsync("ana")).SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        if (code is null)
            answer.Is(status);
        else
            answer.IsProblem(status, code);
    }

    [Fact]
    public async Task Bodies_are_bounded_and_typed()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var large = $$"""{"entitlement":"orders-db:read","reason":"{{new string('x', 70_000)}}"}""";

        (await ana.PostAsync("/v1/requests", large)).IsProblem(413, "too_large");
        (await ana.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/requests") { Content = new PushedContent(large) })).IsProblem(413, "too_large");
        (await broker.Nobody.PostAsync("/oauth/token", "client_id=" + new string('x', 70_000), type: "application/x-www-form-urlencoded")).IsProblem(413, "too_large");
        (await broker.Nobody.PostAsync("/oauth/token", "{}")).IsProblem(415, "invalid_request");
        (await ana.PostAsync("/v1/requests", "{}", type: "application/xml")).IsProblem(415, "invalid_request");
        (await ana.PostAsync("/v1/requests", "{}", type: "")).IsProblem(415, "invalid_request");
        (await ana.PostAsync("/v1/requests", "{}", type: "application/json; charset=utf-16")).IsProblem(415, "invalid_request");
    }

    [Fact]
    public async Task Answers_are_neither_cached_nor_framed_nor_sniffed_but_for_the_public_keys()
    {
        await using var broker = await BrokerFixture.NewAsync();

        foreach (var path in new[] { "/healthz", "/v1/me", "/nothing", "/openapi/v1.json" })
        {
            var answer = await broker.Nobody.GetAsync(path);
            Assert.Equal(("no-store", "nosniff"), (answer.Header("Cache-Control"), answer.Header("X-Content-Type-Options")));
            Assert.Contains("frame-ancestors 'none'", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Null(answer.Header("Server"));
        }

        Assert.Equal("public, max-age=300", (await broker.Nobody.GetAsync("/.well-known/jwks.json")).Is(200).Header("Cache-Control"));
        Assert.Equal("http://127.0.0.1:8080", (await broker.Nobody.GetAsync("/.well-known/openid-configuration")).Is(200).Text("issuer"));
    }

    [Fact]
    public async Task Ready_names_what_must_be_in_order_and_that_test_endpoints_are_on()
    {
        await using var broker = await BrokerFixture.NewAsync(settings: ("Broker:AllowTestEndpoints", "true"));

        var ready = (await broker.Nobody.GetAsync("/readyz")).Is(200);

        Assert.Equal(["database", "migrations", "keys", "catalog"], ready.Json["checks"]!.AsArray().Select(c => (string?)c!["name"]));
        Assert.True((bool)ready.Json["testEndpoints"]!);
        Assert.Equal("ok", (await broker.Nobody.GetAsync("/healthz")).Is(200).Text("status"));
    }

    [Fact]
    public async Task Slacks_absence_is_shown_and_makes_nothing_unready()
    {
        await using var broker = await BrokerFixture.NewAsync(settings:
        [
            ("Broker:AllowTestEndpoints", "true"), ("Slack:Enabled", "true"), ("Slack:Mode", "socket"), ("Slack:ApiUrl", "http://127.0.0.1:9/api/"), ("Slack:BotToken", "xoxb-1"), ("Slack:AppToken", "xapp-1"),
        ]);
        JsonNode? slack = null;
        await Eventually.TrueAsync(async () =>
        {
            var ready = (await broker.Nobody.GetAsync("/readyz")).Is(200);
            slack = ready.Json["checks"]!.AsArray().Single(c => (string?)c!["name"] == "slack");
            return ((string)slack!["text"]!).Contains("last trouble", StringComparison.Ordinal);
        });

        Assert.Equal((true, "socket: 0 of 2 open; last trouble: Slack does not answer."), ((bool)slack!["ok"]!, (string?)slack["text"]));
        (await broker.Nobody.PostAsync("/slack/events", "{}")).Is(401);
    }

    [Fact]
    public async Task Entitlements_are_those_one_may_ask_for_and_why_tells_the_rest()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var (ana, bea) = (await broker.AsAsync("ana"), await broker.AsAsync("bea"));

        var list = (await ana.GetAsync("/v1/entitlements?limit=2")).Is(200);
        Assert.Equal(["logs:read", "lonely"], list.Json["items"]!.AsArray().Select(e => (string?)e!["name"]));
        list = (await ana.GetAsync("/v1/entitlements?limit=2&cursor=" + list.Text("next"))).Is(200);
        var orders = list.Json["items"]!.AsArray().Single()!;
        Assert.Null(list.Json["next"]);
        Assert.Equal("""{"min":"PT5M","default":"PT1H","max":"PT8H"}""", orders["duration"]!.ToJsonString());
        Assert.Equal("""{"required":true,"hint":"Name a ticket, e.g. INC-42"}""", orders["reason"]!.ToJsonString());
        Assert.Equal("1 of 2 data-owners (Bea, Dan)", (string?)orders["approval"]!["text"]);
        Assert.Empty((await bea.GetAsync("/v1/entitlements")).Json["items"]!.AsArray());

        Assert.True((bool)(await ana.GetAsync("/v1/entitlements/orders-db:read/why")).Is(200).Json["allowed"]!);
        Assert.False((bool)(await bea.GetAsync("/v1/entitlements/orders-db:read/why")).Is(200).Json["allowed"]!);
        (await ana.GetAsync("/v1/entitlements/secret:plan/why")).IsProblem(404, "not_found");
        (await ana.GetAsync("/v1/entitlements/nothing/why")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_catalog_is_checked_without_following_its_secrets()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var good = new JsonObject { ["files"] = new JsonArray(new JsonObject { ["path"] = "a.yaml", ["text"] = BrokerFixture.Catalog.Replace("LOGS_SECRET", "NOWHERE", StringComparison.Ordinal) }) };
        var bad = new JsonObject { ["files"] = new JsonArray(new JsonObject { ["path"] = "a.yaml", ["text"] = "entitlements: { x: { titel: y } }" }) };

        Assert.Equal("""{"ok":true,"problems":[]}""", (await ana.PostAsync("/v1/catalog/check", good.ToJsonString())).Is(200).Body);
        var told = (await ana.PostAsync("/v1/catalog/check", bad.ToJsonString())).Is(200);
        Assert.False((bool)told.Json["ok"]!);
        Assert.Contains(told.Json["problems"]!.AsArray(), p => (string?)p!["file"] == "a.yaml" && (int?)p["line"] == 1);
        (await ana.PostAsync("/v1/catalog/check", """{"files":[]}""")).IsProblem(422, "invalid_value");
        (await broker.Nobody.PostAsync("/v1/catalog/check", good.ToJsonString())).IsProblem(401, "unauthenticated");
    }

    [Theory]
    [InlineData("GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", "401")]
    [InlineData("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "404")]
    [InlineData("GARBAGE\r\n\r\n", "400")]
    [InlineData("POST /v1/requests HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "400")]
    public async Task Raw_nonsense_gets_an_answer_and_no_stack_trace(string request, string status)
    {
        await using var broker = await BrokerFixture.NewAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(broker.Address.Host, broker.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)));

        var answer = await new StreamReader(socket.GetStream()).ReadToEndAsync();

        Assert.StartsWith($"HTTP/1.1 {status}", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_trickles_in_is_given_up_and_others_are_served_meanwhile()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        using var socket = new TcpClient();
        await socket.ConnectAsync(broker.Address.Host, broker.Address.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ana.Token}\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{{"));

        var reading = new StreamReader(socket.GetStream()).ReadToEndAsync();
        await Eventually.TrueAsync(async () =>
        {
            (await ana.GetAsync("/v1/me")).Is(200);
            broker.Clock.Advance(TimeSpan.FromSeconds(16));
            return reading.IsCompleted;
        });

        Assert.StartsWith("HTTP/1.1 408", await reading, StringComparison.Ordinal);
    }

    private static void AssertReferencesResolve(JsonNode? node, JsonNode document)
    {
        if (node is JsonObject map)
        {
            if ((string?)(map["$ref"] as JsonValue) is { } reference)
                Assert.NotNull(reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (n, part) => n?[part]));
            foreach (var (_, value) in map)
                AssertReferencesResolve(value, document);
        }
        else if (node is JsonArray list)
        {
            foreach (var item in list)
                AssertReferencesResolve(item, document);
        }
    }

    /// <summary>JSON of a length that is not said beforehand.</summary>
    private sealed class PushedContent : HttpContent
    {
        private readonly byte[] _bytes;

        public PushedContent(string text)
        {
            _bytes = Encoding.UTF8.GetBytes(text);
            Headers.ContentType = new("application/json");
        }

        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(_bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
