namespace JitBroker.Tests.Http;

public sealed class IdempotencyTests
{
    private const string Ask = """{"entitlement":"orders-db:read","reason":"INC-42"}""";

    [Fact]
    public async Task The_same_key_and_body_get_the_very_same_answer_and_one_effect()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");

        var first = (await ana.PostAsync("/v1/requests", Ask, "k1")).Is(201);
        broker.Clock.Advance(TimeSpan.FromHours(3));
        (await ana.PostAsync($"/v1/requests/{first.Text("id")}/cancel")).Is(200);
        var again = (await ana.PostAsync("/v1/requests", Ask, "k1")).Is(201);

        Assert.Equal((first.Body, first.Header("Location")), (again.Body, again.Header("Location")));
        Assert.Single((await ana.GetAsync("/v1/requests")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_key_is_good_for_24_hours_one_person_one_path_and_one_body()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var (ana, cy) = (await broker.AsAsync("ana"), await broker.AsAsync("cy"));
        var id = (await ana.PostAsync("/v1/requests", Ask, "k1")).Is(201).Text("id");

        (await ana.PostAsync("/v1/requests", Ask.Replace("42", "43", StringComparison.Ordinal), "k1")).IsProblem(422, "idempotency_key_reused");
        Assert.NotEqual(id, (await cy.PostAsync("/v1/requests", Ask, "k1")).Is(201).Text("id"));
        Assert.Equal("cancelled", (await ana.PostAsync($"/v1/requests/{id}/cancel", key: "k1")).Is(200).Text("state"));
        broker.Clock.Advance(TimeSpan.FromHours(24));
        var later = await broker.AsAsync("ana");
        Assert.NotEqual(id, (await later.PostAsync("/v1/requests", Ask, "k1")).Is(201).Text("id"));
    }

    [Fact]
    public async Task A_refusal_leaves_the_key_free()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var id = await broker.AskAsync(ana);

        (await ana.PostAsync("/v1/requests", Ask, "k1")).IsProblem(409, "already_open");
        (await ana.PostAsync($"/v1/requests/{id}/cancel")).Is(200);
        (await ana.PostAsync("/v1/requests", Ask, "k1")).Is(201);
    }

    [Fact]
    public async Task Of_many_calls_with_one_key_at_once_one_has_an_effect()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");

        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => ana.PostAsync("/v1/requests", Ask, "k1")));

        Assert.Single(answers.Where(a => a.Status == 201).Select(a => a.Body).Distinct(StringComparer.Ordinal));
        Assert.All(answers.Where(a => a.Status != 201), a => a.IsProblem(409, "in_progress"));
        Assert.Single((await ana.GetAsync("/v1/requests")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task Decisions_ends_and_session_ends_honour_a_key()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var id = await broker.AskAsync(ana);
        var bea = await broker.AsAsync("bea", canDecide: true);

        var approved = (await bea.PostAsync($"/v1/requests/{id}/decisions", """{"verdict":"approve"}""", "k")).Is(200);
        Assert.Equal(approved.Body, (await bea.PostAsync($"/v1/requests/{id}/decisions", """{"verdict":"approve"}""", "k")).Is(200).Body);
        var grant = (string?)approved.Json["grant"]!["id"];
        var ended = (await ana.PostAsync($"/v1/grants/{grant}/end", "{}", "k")).Is(202);
        Assert.Equal(ended.Body, (await ana.PostAsync($"/v1/grants/{grant}/end", "{}", "k")).Is(202).Body);
        var session = (string?)(await bea.GetAsync("/v1/me")).Json["sessions"]![0]!["id"];
        var other = await broker.AsAsync("bea");
        Assert.Empty((await other.PostAsync($"/v1/sessions/{session}/end", key: "k")).Is(204).Body);
        Assert.Empty((await other.PostAsync($"/v1/sessions/{session}/end", key: "k")).Is(204).Body);
        (await bea.GetAsync("/v1/me")).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task A_key_that_is_no_key_is_refused()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");

        foreach (var key in new[] { "with blank", "\t", new string('k', 129), "" })
            (await ana.PostAsync("/v1/requests", Ask, key)).IsProblem(400, "invalid_request");
        (await ana.PostAsync("/v1/requests", Ask, new string('~', 128))).Is(201);
    }
}
