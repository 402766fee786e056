namespace JitBroker.Tests.Http;

public sealed class SubmitTests
{
    [Fact]
    public async Task A_request_is_made_and_shown_as_the_contract_says()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");

        var made = (await ana.PostAsync("/v1/requests", """{"entitlement":"orders-db:read","duration":"1h30m","reason":" INC-42 slow checkout "}""")).Is(201);

        var id = made.Text("id");
        Assert.Equal($"/v1/requests/{id}", made.Header("Location"));
        string[] members = ["id", "kind", "state", "entitlement", "bundle", "requester", "duration", "reason", "startsAt", "createdAt", "lapsesAt", "settledAt", "settledBy", "settledBecause", "approval", "decisions", "grant", "history"];
        Assert.Equal(members, made.Json.AsObject().Select(m => m.Key));
        Assert.Equal(("access", "pending", "PT1H30M", "INC-42 slow checkout"), (made.Text("kind"), made.Text("state"), made.Text("duration"), made.Text("reason")));
        Assert.Equal(("2026-11-22T10:00:00.000Z", "2026-11-22T14:00:00.000Z"), (made.Text("createdAt"), made.Text("lapsesAt")));
        Assert.Equal("""{"email":"ana@example.com","name":"Ana"}""", made.Json["requester"]!.ToJsonString());
        Assert.Equal("""[{"group":"data-owners","votes":1,"have":0}]""", made.Json["approval"]!.ToJsonString());
        Assert.Equal("request.submitted", (string?)made.Json["history"]![0]!["event"]);
        Assert.Equal(made.Body, (await ana.GetAsync($"/v1/requests/{id}")).Is(200).Body);
    }

    [Fact]
    public async Task A_bundle_is_all_or_none()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");

        (await ana.PostAsync("/v1/requests", """{"bundle":"incident-kit","reason":"no ticket"}""")).IsProblem(422, "reason_pattern");
        Assert.Empty((await ana.GetAsync("/v1/requests")).Json["items"]!.AsArray());
        var made = (await ana.PostAsync("/v1/requests", """{"bundle":"incident-kit","reason":"INC-1"}""")).Is(201);

        Assert.Equal(["orders-db:read", "logs:read"], made.Json["items"]!.AsArray().Select(i => (string?)i!["entitlement"]));
        Assert.Equal(["pending", "approved"], made.Json["items"]!.AsArray().Select(i => (string?)i!["state"]));
        (await ana.PostAsync("/v1/requests", """{"bundle":"orders-db:read","reason":"INC-1"}""")).IsProblem(422, "unknown_entitlement");
    }

    [Fact]
    public async Task A_bundle_with_a_hidden_entitlement_reads_as_unknown()
    {
        await using var broker = await BrokerFixture.NewAsync(BrokerFixture.Catalog + "\n  secret-kit: [orders-db:read, secret:plan]\n");
        var ana = await broker.AsAsync("ana");

        var hidden = (await ana.PostAsync("/v1/requests", """{"bundle":"secret-kit","reason":"INC-1"}""")).IsProblem(422, "unknown_entitlement");
        var unknown = (await ana.PostAsync("/v1/requests", """{"bundle":"nothing-kit","reason":"INC-1"}""")).IsProblem(422, "unknown_entitlement");

        Assert.Equal(unknown.Body, hidden.Body);
        Assert.Equal("unknown_entitlement", (await ana.PostAsync("/v1/requests", """{"bundle":"secret-kit","reason":"INC-1","dryRun":true}""")).Is(200).Text("code"));
    }

    [Theory]
    [InlineData("orders-db:read", null, null)]
    [InlineData("orders-db:read", "soon", "invalid_duration")]
    [InlineData("orders-db:read", "9h", "duration_too_long")]
    [InlineData("nothing", null, "unknown_entitlement")]
    public async Task A_dry_run_says_what_a_submit_would_come_to_and_stores_nothing(string entitlement, string? duration, string? code)
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var given = duration is null ? "" : $"\"duration\":\"{duration}\",";

        var told = (await ana.PostAsync("/v1/requests", $$"""{"entitlement":"{{entitlement}}",{{given}}"reason":"INC-1","dryRun":true}""", key: "k")).Is(200);

        Assert.Equal((code is null, code), ((bool)told.Json["allowed"]!, (string?)told.Json["code"]));
        if (code is null)
            Assert.Equal(["bea@example.com", "dan@example.com"], told.Json["approvers"]!.AsArray().Select(p => (string?)p!["email"]));
        Assert.Empty((await ana.GetAsync("/v1/requests")).Json["items"]!.AsArray());
    }

    [Theory]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":""}""", 422, "reason_required", "reason")]
    [InlineData("ana", """{"entitlement":"orders-db:read"}""", 422, "reason_required", "reason")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"please"}""", 422, "reason_pattern", "reason")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","duration":"9h"}""", 422, "duration_too_long", "duration")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","duration":"1m"}""", 422, "invalid_duration", "duration")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","duration":"0s"}""", 422, "invalid_duration", "duration")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","duration":"-1h"}""", 422, "invalid_duration", "duration")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","duration":"99999999999d"}""", 422, "invalid_duration", "duration")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","startsAt":"2020-01-01T00:00:00Z"}""", 422, "invalid_value", "startsAt")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","breakGlass":true}""", 403, "not_eligible", "entitlement")]
    [InlineData("ana", """{"entitlement":"nothing","reason":"INC-1"}""", 422, "unknown_entitlement", "entitlement")]
    [InlineData("ana", """{"entitlement":"nothing","reason":"INC-1","duration":"soon"}""", 422, "unknown_entitlement", "entitlement")]
    [InlineData("ana", """{"entitlement":"secret:plan","reason":"INC-1"}""", 422, "unknown_entitlement", "entitlement")]
    [InlineData("bea", """{"entitlement":"orders-db:read","reason":"INC-1"}""", 403, "not_eligible", "entitlement")]
    [InlineData("bea", """{"entitlement":"orders-db:read","reason":"","duration":"soon"}""", 403, "not_eligible", "entitlement")]
    [InlineData("ana", """{}""", 400, "invalid_request", "entitlement")]
    [InlineData("ana", """{"entitlement":"orders-db:read","bundle":"incident-kit","reason":"INC-1"}""", 400, "invalid_request", "entitlement")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","state":"approved"}""", 400, "invalid_request", "state")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","duration":3600}""", 400, "invalid_request", "duration")]
    [InlineData("ana", """{"entitlement":["orders-db:read"],"reason":"INC-1"}""", 400, "invalid_request", "entitlement")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","startsAt":"tomorrow"}""", 400, "invalid_request", "startsAt")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","startsAt":"2026-11-23T10:00:00"}""", 400, "invalid_request", "startsAt")]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1","reason":"INC-2"}""", 400, "invalid_request", null)]
    [InlineData("ana", """{"entitlement":"orders-db:read","reason":"INC-1"}}""", 400, "invalid_request", null)]
    [InlineData("ana", """{"entitlement":"orders-db""", 400, "invalid_request", null)]
    [InlineData("ana", """[]""", 400, "invalid_request", null)]
    [InlineData("ana", """null""", 400, "invalid_request", null)]
    [InlineData("ana", """ """, 400, "invalid_request", null)]
    public async Task What_is_wrong_with_an_ask_is_said_by_code_and_field(string who, string body, int status, string code, string? field)
    {
        await using var broker = await BrokerFixture.NewAsync();
        var caller = await broker.AsAsync(who);

        var refused = (await caller.PostAsync("/v1/requests", body)).IsProblem(status, code);

        if (field is not null)
            Assert.Equal([field], refused.Json["errors"]!.AsObject().Select(e => e.Key));
        Assert.Empty((await caller.GetAsync("/v1/requests?mine=true")).Json["items"]!.AsArray());
    }

    [Fact]
    public async Task A_second_request_for_the_same_names_the_first()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var id = await broker.AskAsync(ana);

        var refused = (await ana.PostAsync("/v1/requests", """{"entitlement":"orders-db:read","reason":"INC-2"}""")).IsProblem(409, "already_open");

        Assert.Equal(id, refused.Text("id"));
    }

    [Fact]
    public async Task What_nobody_could_approve_is_refused()
    {
        await using var broker = await BrokerFixture.NewAsync(BrokerFixture.Catalog.Replace("bea@example.com, dan@example.com]", "bea@example.com]", StringComparison.Ordinal));

        (await (await broker.AsAsync("ana")).PostAsync("/v1/requests", """{"entitlement":"lonely","reason":"x"}""")).IsProblem(422, "nobody_can_approve");
        (await (await broker.AsAsync("cy")).PostAsync("/v1/requests", """{"entitlement":"lonely","reason":"x"}""")).Is(201);
    }

    [Fact]
    public async Task Asking_too_often_is_slowed_down_and_others_are_not()
    {
        await using var broker = await BrokerFixture.NewAsync(settings: ("Broker:Limits:RequestsPerMinute", "1"));
        var (ana, cy) = (await broker.AsAsync("ana"), await broker.AsAsync("cy"));
        await broker.AskAsync(ana);

        var refused = (await ana.PostAsync("/v1/requests", """{"entitlement":"lonely","reason":"x"}""")).IsProblem(429, "rate_limited");

        Assert.Equal("60", refused.Header("Retry-After"));
        await broker.AskAsync(cy);
    }

    [Fact]
    public async Task Calling_too_fast_is_slowed_down_per_person()
    {
        await using var broker = await BrokerFixture.NewAsync(rates: new(PersonPerSecond: 2));
        var (ana, bea) = (await broker.AsAsync("ana"), await broker.AsAsync("bea"));
        for (var i = 0; i < 8; i++)
            (await ana.GetAsync("/v1/me")).Is(200);

        var refused = (await ana.GetAsync("/v1/me")).IsProblem(429, "rate_limited");

        Assert.Equal("1", refused.Header("Retry-After"));
        (await bea.GetAsync("/v1/me")).Is(200);
        broker.Clock.Advance(TimeSpan.FromSeconds(1));
        (await ana.GetAsync("/v1/me")).Is(200);
    }
}
