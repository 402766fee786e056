using JitBroker.Issuing;

namespace JitBroker.Tests.Http;

/// <summary>How targets behave and what stands there, over HTTP.</summary>
public sealed class TargetTests
{
    private static readonly string Catalog = BrokerFixture.Catalog
        .Replace("roles: { auditor: [security] }", "roles: { auditor: [security], operator: [platform] }", StringComparison.Ordinal)
        .Replace("  security: { members: [eli@example.com] }", "  security: { members: [eli@example.com] }\n  platform: { members: [dan@example.com] }", StringComparison.Ordinal);

    [Fact]
    public async Task Targets_that_do_not_answer_are_named_to_operators_and_counted_for_everybody()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (ana, dan) = (await broker.AsAsync("ana"), await broker.AsAsync("dan"));
        var grant = await broker.GrantAsync(ana);
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable("No route to door."));
        for (var i = 0; i < 3; i++)
            (await ana.PostAsync($"/v1/grants/{grant}/credentials")).IsProblem(503, "issuer_unavailable");

        var closed = (await ana.PostAsync($"/v1/grants/{grant}/credentials")).IsProblem(503, "issuer_unavailable");
        Assert.Contains("door has not answered since", closed.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(3, broker.Issuer.Mints);
        (await ana.GetAsync("/v1/targets")).IsProblem(403, "forbidden");
        var target = Assert.Single((await dan.GetAsync("/v1/targets")).Is(200).Json["items"]!.AsArray())!;
        Assert.Equal(("door", "paused", "No route to door."), ((string?)target["target"], (string?)target["state"], (string?)target["lastError"]));
        broker.Clock.Advance(TimeSpan.FromSeconds(2));
        var ready = (await ana.GetAsync("/readyz")).Is(200);
        Assert.Contains("Targets that do not answer: 1. What is to be ended there waits.", ready.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("door", ready.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looks_at_targets_are_listed_and_asked_for_over_HTTP()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (ana, dan, eli) = (await broker.AsAsync("ana"), await broker.AsAsync("dan"), await broker.AsAsync("eli"));
        var grant = await broker.GrantAsync(ana);
        var lease = (await ana.PostAsync($"/v1/grants/{grant}/credentials")).Is(201).Text("lease");
        await ana.PostAsync($"/v1/grants/{grant}/end");
        await broker.SweepAsync();
        broker.Issuer.Appear(lease);

        (await ana.GetAsync("/v1/reconciliations")).IsProblem(403, "forbidden");
        var never = Assert.Single((await eli.GetAsync("/v1/reconciliations")).Is(200).Json["items"]!.AsArray())!;
        Assert.Equal(("door", null), ((string?)never["issuer"], (string?)never["lookedAt"]));
        (await eli.PostAsync("/v1/reconciliations/door", """{"dryRun":true}""")).IsProblem(403, "forbidden");
        (await dan.PostAsync("/v1/reconciliations/tokens", """{"dryRun":true}""")).IsProblem(404, "not_found");
        (await dan.PostAsync("/v1/reconciliations/door")).IsProblem(400, "invalid_request");
        (await dan.PostAsync("/v1/reconciliations/door", """{"budget":3}""")).IsProblem(400, "invalid_request");
        (await dan.PostAsync("/v1/reconciliations/door", """{"dryRun":true,"force":true}""")).IsProblem(400, "invalid_request");
        (await dan.PostAsync("/v1/reconciliations/door", """{"dryRun":true,"budget":0}""")).IsProblem(422, "invalid_value");

        var dry = (await dan.PostAsync("/v1/reconciliations/door", """{"dryRun":true}""")).Is(200).Json;
        Assert.Equal((true, "dan@example.com", 1, "standing", lease), ((bool)dry["dryRun"]!, (string?)dry["by"]!["email"], (int)dry["found"]!, (string?)dry["findings"]![0]!["kind"], (string?)dry["findings"]![0]!["lease"]));
        var done = (await dan.PostAsync("/v1/reconciliations/door", """{"dryRun":false,"budget":1}""")).Is(200).Json;
        Assert.Equal((1, true), ((int)done["endedAgain"]!, (bool)done["findings"]![0]!["endsAgain"]!));
        Assert.Null((string?)(await ana.GetAsync($"/v1/grants/{grant}")).Json["verifiedEndAt"]);
        await broker.SweepAsync();

        Assert.Empty(broker.Issuer.Standing);
        Assert.NotNull((string?)(await ana.GetAsync($"/v1/grants/{grant}")).Json["verifiedEndAt"]);
        Assert.Equal(0, (int)(await dan.PostAsync("/v1/reconciliations/door", """{"dryRun":false}""")).Is(200).Json["found"]!);
    }
}
