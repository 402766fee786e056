namespace JitBroker.Tests.Http;

public sealed class DecideTests
{
    private const string Unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    private const string Approve = """{"verdict":"approve"}""";

    [Fact]
    public async Task An_approval_shows_the_grant_and_a_late_press_who_won()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var id = await broker.AskAsync(await broker.AsAsync("ana"));
        var (bea, dan) = (await broker.AsAsync("bea", canDecide: true), await broker.AsAsync("dan", canDecide: true));

        var approved = (await bea.PostAsync($"/v1/requests/{id}/decisions", """{"verdict":"approve","duration":"30m","comment":"ok"}""")).Is(200);
        var late = (await dan.PostAsync($"/v1/requests/{id}/decisions", Approve)).IsProblem(409, "already_settled");
        var again = (await bea.PostAsync($"/v1/requests/{id}/decisions", Approve)).IsProblem(409, "already_decided");

        Assert.Equal(("approved", "active"), (approved.Text("state"), (string?)approved.Json["grant"]!["state"]));
        var decision = approved.Json["decisions"]![0]!;
        Assert.Equal(("bea@example.com", "approve", "PT30M", "ok", "api", true), ((string?)decision["by"]!["email"], (string?)decision["verdict"], (string?)decision["duration"], (string?)decision["comment"], (string?)decision["surface"], (bool)decision["counts"]!));
        Assert.Equal(("""{"email":"bea@example.com","name":"Bea"}""", "approved"), (late.Json["settledBy"]!.ToJsonString(), late.Text("state")));
        Assert.Null(again.Json["settledBy"]);
    }

    [Fact]
    public async Task Codes_and_precedence_of_a_decision()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var id = await broker.AskAsync(ana);
        var path = $"/v1/requests/{id}/decisions";

        (await broker.Nobody.PostAsync(path, "nonsense")).IsProblem(401, "unauthenticated");
        (await ana.PostAsync($"/v1/requests/{Unknown}/decisions", "nonsense")).IsProblem(404, "not_found");
        (await ana.PostAsync("/v1/requests/nonsense/decisions", Approve)).IsProblem(404, "not_found");
        (await ana.PostAsync(path, Approve)).IsProblem(403, "scope_needed");
        (await (await broker.AsAsync("ana", true)).PostAsync(path, Approve)).IsProblem(403, "own_request");
        (await (await broker.AsAsync("ana", true)).PostAsync(path, """{"verdict":"approve","duration":"soon"}""")).IsProblem(403, "own_request");
        (await (await broker.AsAsync("eli", true)).PostAsync(path, Approve)).IsProblem(403, "not_an_approver");
        (await (await broker.AsAsync("cy", true)).PostAsync(path, Approve)).IsProblem(403, "not_an_approver");
        var bea = await broker.AsAsync("bea", true);
        (await bea.PostAsync(path, """{"verdict":"approve","duration":"soon"}""")).IsProblem(422, "invalid_duration");
        (await bea.PostAsync(path, """{"verdict":"approve","duration":"2h"}""")).IsProblem(422, "wider_than_asked");
        (await bea.PostAsync(path, """{"verdict":"deny"}""")).IsProblem(422, "reason_required");
        (await bea.PostAsync(path, """{"verdict":"approve","comment":"a\u0000b"}""")).IsProblem(422, "invalid_value");
        (await bea.PostAsync(path, """{"verdict":"maybe"}""")).IsProblem(400, "invalid_request");
        (await bea.PostAsync(path, """{"verdict":"approve","approver":"dan@example.com"}""")).IsProblem(400, "invalid_request");
        (await bea.PostAsync(path, """{}""")).IsProblem(400, "invalid_request");
        (await bea.PostAsync(path)).IsProblem(400, "invalid_request");
        (await bea.PostAsync(path, Approve, type: "text/plain")).IsProblem(415, "invalid_request");
        Assert.Equal("pending", (await ana.GetAsync($"/v1/requests/{id}")).Text("state"));
        (await bea.PostAsync(path, """{"verdict":"deny","comment":"use the replica"}""")).Is(200);
        (await bea.PostAsync(path, Approve)).IsProblem(409, "already_decided");
    }

    [Fact]
    public async Task A_request_is_withdrawn_by_its_asker_only()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var id = await broker.AskAsync(ana);

        (await (await broker.AsAsync("cy")).PostAsync($"/v1/requests/{id}/cancel")).IsProblem(404, "not_found");
        (await (await broker.AsAsync("bea")).PostAsync($"/v1/requests/{id}/cancel")).IsProblem(403, "forbidden");
        (await ana.PostAsync($"/v1/requests/{id}/cancel", """{"state":"approved"}""")).IsProblem(400, "invalid_request");
        Assert.Equal("cancelled", (await ana.PostAsync($"/v1/requests/{id}/cancel")).Is(200).Text("state"));
        (await ana.PostAsync($"/v1/requests/{id}/cancel", "{}")).IsProblem(409, "already_settled");
    }

    [Fact]
    public async Task Of_many_decisions_at_once_one_settles()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var id = await broker.AskAsync(await broker.AsAsync("ana"));
        var callers = new[] { await broker.AsAsync("bea", true), await broker.AsAsync("dan", true) };

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => callers[i % 2].PostAsync($"/v1/requests/{id}/decisions", Approve)));

        Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a.Status != 200), a => Assert.Contains(a.Code, (string[])["already_settled", "already_decided"]));
    }

    [Fact]
    public async Task Reads_show_only_what_one_may_read()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var (ana, bea, cy, eli) = (await broker.AsAsync("ana"), await broker.AsAsync("bea"), await broker.AsAsync("cy"), await broker.AsAsync("eli"));
        var id = await broker.AskAsync(ana);

        foreach (var reader in new[] { ana, bea, eli })
            (await reader.GetAsync($"/v1/requests/{id}")).Is(200);
        (await cy.GetAsync($"/v1/requests/{id}")).IsProblem(404, "not_found");
        (await ana.GetAsync($"/v1/requests/{Unknown}")).IsProblem(404, "not_found");
        (await ana.GetAsync($"/v1/requests/{id.ToLowerInvariant()}")).IsProblem(404, "not_found");
        (await ana.GetAsync("/v1/requests/%e2%80%ae")).IsProblem(404, "not_found");
        Assert.Single((await bea.GetAsync("/v1/requests?awaiting=me")).Json["items"]!.AsArray());
        Assert.Empty((await eli.GetAsync("/v1/requests?awaiting=me")).Json["items"]!.AsArray());
        Assert.Empty((await bea.GetAsync("/v1/requests?mine=true")).Json["items"]!.AsArray());
        Assert.Empty((await cy.GetAsync("/v1/requests")).Json["items"]!.AsArray());
    }
}
