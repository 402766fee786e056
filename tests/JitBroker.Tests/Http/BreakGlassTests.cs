namespace JitBroker.Tests.Http;

public sealed class BreakGlassTests
{
    private const string Take = """{"entitlement":"orders-db:read","duration":"30m","reason":"INC-77 checkout down","breakGlass":true}""";

    private static readonly string Catalog = BrokerFixture.Catalog
        .Replace("  security: { members: [eli@example.com] }", "  security: { members: [eli@example.com] }\n  oncall: { members: [cy@example.com, dan@example.com] }", StringComparison.Ordinal)
        .Replace("    leases: 2", "    leases: 2\n    breakGlass: { eligible: [oncall], max: 30m, review: { group: security, within: 24h } }", StringComparison.Ordinal);

    [Fact]
    public async Task An_emergency_is_granted_at_once_shown_in_the_register_and_reviewed_by_somebody_else()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (cy, eli) = (await broker.AsAsync("cy", canDecide: true), await broker.AsAsync("eli", canDecide: true));

        var taken = (await cy.PostAsync("/v1/requests", Take, key: "now")).Is(201);
        Assert.Equal(taken.Text("id"), (await cy.PostAsync("/v1/requests", Take, key: "now")).Is(201).Text("id"));
        Assert.Equal(("break_glass", "approved", "break_glass", "active"), (taken.Text("kind"), taken.Text("state"), taken.Text("settledBecause"), (string?)taken.Json["grant"]!["state"]));
        Assert.Empty(taken.Json["approval"]!.AsArray());
        Assert.Equal($"/v1/requests/{taken.Text("id")}", taken.Header("Location"));
        var id = (string)taken.Json["grant"]!["id"]!;
        (await cy.PostAsync($"/v1/grants/{id}/credentials")).Is(201);

        var grant = (await eli.GetAsync("/v1/grants?breakGlass=true")).Is(200).Json["items"]![0]!;
        Assert.Equal((id, true, "due", "2026-11-23T10:00:00.000Z", "INC-77"), ((string?)grant["id"], (bool)grant["breakGlass"]!, (string?)grant["review"]!["state"], (string?)grant["review"]!["dueAt"], (string?)grant["review"]!["incident"]));
        Assert.Null((string?)grant["review"]!["verdict"]);
        await broker.GrantAsync(await broker.AsAsync("ana"));
        Assert.Single((await eli.GetAsync("/v1/grants?breakGlass=true")).Is(200).Json["items"]!.AsArray());

        const string Verdict = """{"verdict":"justified","comment":"needed"}""";
        (await broker.Nobody.PostAsync($"/v1/grants/{id}/review", Verdict)).IsProblem(401, "unauthenticated");
        (await (await broker.AsAsync("ana")).PostAsync($"/v1/grants/{id}/review", Verdict)).IsProblem(403, "scope_needed");
        (await (await broker.AsAsync("eli")).PostAsync($"/v1/grants/{id}/review", Verdict)).IsProblem(403, "scope_needed");
        (await cy.PostAsync($"/v1/grants/{id}/review", Verdict)).IsProblem(403, "own_grant");
        (await (await broker.AsAsync("bea", canDecide: true)).PostAsync($"/v1/grants/{id}/review", Verdict)).IsProblem(403, "not_a_reviewer");
        (await eli.PostAsync($"/v1/grants/{id}/review", """{"verdict":"fine","comment":"x"}""")).IsProblem(400, "invalid_request");
        (await eli.PostAsync($"/v1/grants/{id}/review", """{"verdict":"misuse","comment":" "}""")).IsProblem(422, "reason_required");
        var reviewed = (await eli.PostAsync($"/v1/grants/{id}/review", Verdict)).Is(200);
        Assert.Equal(("done", "justified", "eli@example.com", "needed"), ((string?)reviewed.Json["review"]!["state"], (string?)reviewed.Json["review"]!["verdict"], (string?)reviewed.Json["review"]!["by"]!["email"], (string?)reviewed.Json["review"]!["comment"]));
        (await eli.PostAsync($"/v1/grants/{id}/review", Verdict)).IsProblem(409, "already_reviewed");
    }

    [Fact]
    public async Task Codes_of_taking_an_emergency_and_its_dry_run()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (cy, ana) = (await broker.AsAsync("cy"), await broker.AsAsync("ana"));

        (await ana.PostAsync("/v1/requests", Take)).IsProblem(403, "not_eligible");
        (await ana.PostAsync("/v1/requests", Take.Replace("30m", "nonsense", StringComparison.Ordinal))).IsProblem(403, "not_eligible");
        (await cy.PostAsync("/v1/requests", Take.Replace("30m", "nonsense", StringComparison.Ordinal))).IsProblem(422, "invalid_duration");
        (await cy.PostAsync("/v1/requests", Take.Replace("30m", "31m", StringComparison.Ordinal))).IsProblem(422, "duration_too_long");
        (await cy.PostAsync("/v1/requests", Take.Replace("INC-77 ", "", StringComparison.Ordinal))).IsProblem(422, "reason_pattern");
        (await cy.PostAsync("/v1/requests", """{"entitlement":"orders-db:read","breakGlass":true}""")).IsProblem(422, "reason_required");
        (await cy.PostAsync("/v1/requests", """{"entitlement":"logs:read","reason":"INC-1","breakGlass":true}""")).IsProblem(403, "not_eligible");
        (await cy.PostAsync("/v1/requests", """{"entitlement":"nothing","reason":"INC-1","breakGlass":true}""")).IsProblem(422, "unknown_entitlement");
        (await cy.PostAsync("/v1/requests", """{"bundle":"incident-kit","reason":"INC-1","breakGlass":true}""")).IsProblem(422, "invalid_value");
        (await cy.PostAsync("/v1/requests", Take.Replace("\"breakGlass\"", "\"startsAt\":\"2026-11-22T12:00:00Z\",\"breakGlass\"", StringComparison.Ordinal))).IsProblem(422, "invalid_value");
        (await cy.PostAsync("/v1/requests", """{"entitlement":"orders-db:read","reason":"INC-1","incident":"INC-1"}""")).IsProblem(422, "invalid_value");
        var dry = (await cy.PostAsync("/v1/requests", Take.Replace("\"breakGlass\"", "\"dryRun\":true,\"breakGlass\"", StringComparison.Ordinal))).Is(200);
        Assert.Equal((true, null), ((bool)dry.Json["allowed"]!, dry.Code));
        var no = (await ana.PostAsync("/v1/requests", Take.Replace("\"breakGlass\"", "\"dryRun\":true,\"breakGlass\"", StringComparison.Ordinal))).Is(200);
        Assert.Equal((false, "not_eligible"), ((bool)no.Json["allowed"]!, no.Code));
        Assert.Empty((await cy.GetAsync("/v1/grants?breakGlass=true")).Is(200).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task An_overdue_review_blocks_the_next_one_until_another_one_on_call_lifts_it()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var id = (string)(await (await broker.AsAsync("cy")).PostAsync("/v1/requests", Take)).Is(201).Json["grant"]!["id"]!;
        broker.Clock.Advance(TimeSpan.FromHours(24));
        var (cy, dan, bea) = (await broker.AsAsync("cy", canDecide: true), await broker.AsAsync("dan", canDecide: true), await broker.AsAsync("bea", canDecide: true));

        var refused = (await cy.PostAsync("/v1/requests", Take)).IsProblem(409, "review_overdue");
        Assert.Equal(id, refused.Text("id"));
        Assert.Equal("overdue", (string?)(await cy.GetAsync($"/v1/grants/{id}")).Is(200).Json["review"]!["state"]);
        (await cy.PostAsync($"/v1/grants/{id}/review/lift", """{"reason":"x"}""")).IsProblem(403, "own_grant");
        (await bea.PostAsync($"/v1/grants/{id}/review/lift", """{"reason":"x"}""")).IsProblem(403, "forbidden");
        (await dan.PostAsync($"/v1/grants/{id}/review/lift", """{"reason":" "}""")).IsProblem(422, "reason_required");
        var lifted = (await dan.PostAsync($"/v1/grants/{id}/review/lift", """{"reason":"payments are down too"}""")).Is(200);
        Assert.Equal(("overdue", "dan@example.com"), ((string?)lifted.Json["review"]!["state"], (string?)lifted.Json["review"]!["liftedBy"]!["email"]));
        (await dan.PostAsync($"/v1/grants/{id}/review/lift", """{"reason":"again"}""")).IsProblem(409, "review_not_blocking");

        (await cy.PostAsync("/v1/requests", Take)).Is(201);
    }

    [Fact]
    public async Task Escalating_an_own_open_request_withdraws_it()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var cy = await broker.AsAsync("cy");
        var open = await broker.AskAsync(cy);

        (await cy.PostAsync("/v1/requests", Take.Replace("\"breakGlass\"", $"\"escalates\":\"{open}\",\"breakGlass\"", StringComparison.Ordinal))).Is(201);

        var withdrawn = (await cy.GetAsync($"/v1/requests/{open}")).Is(200);
        Assert.Equal(("cancelled", "break_glass"), (withdrawn.Text("state"), withdrawn.Text("settledBecause")));
    }
}
