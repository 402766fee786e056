using System.Net.Http.Headers;
using System.Text;
using JitBroker.Issuing;

namespace JitBroker.Tests.Http;

public sealed class GrantTests
{
    private const string Unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    [Fact]
    public async Task A_grant_is_collected_and_ended_by_its_holder()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var id = await broker.GrantAsync(ana);

        var collected = (await ana.PostAsync($"/v1/grants/{id}/credentials", key: "not-honoured")).Is(201);
        var second = (await ana.PostAsync($"/v1/grants/{id}/credentials", key: "not-honoured")).Is(201);
        (await ana.PostAsync($"/v1/grants/{id}/credentials")).IsProblem(409, "lease_limit");

        Assert.Equal(["lease", "grant", "kind", "expiresAt", "credential"], collected.Json.AsObject().Select(m => m.Key));
        Assert.NotEqual(collected.Text("lease"), second.Text("lease"));
        Assert.Equal("no-store", collected.Header("Cache-Control"));
        Assert.Equal(2, broker.Issuer.Standing.Count);
        var shown = (await ana.GetAsync($"/v1/grants/{id}")).Is(200);
        string[] members = ["id", "request", "entitlement", "kind", "holder", "state", "startsAt", "endsAt", "end", "endedBy", "endReason", "endRequestedAt", "verifiedEndAt", "accessMayLastUntil", "breakGlass", "review", "revocability", "leases"];
        Assert.Equal(members, shown.Json.AsObject().Select(m => m.Key));
        Assert.Equal("""{"bound":"broker","earlyEnd":"immediate","within":"PT0S"}""", shown.Json["revocability"]!.ToJsonString());
        Assert.DoesNotContain("secret-of", shown.Body, StringComparison.Ordinal);

        var ending = (await ana.PostAsync($"/v1/grants/{id}/end")).Is(202);
        Assert.Equal(("ending", "released", "ana@example.com"), (ending.Text("state"), ending.Text("end"), (string?)ending.Json["endedBy"]!["email"]));
        (await ana.PostAsync($"/v1/grants/{id}/end")).Is(202);
        await broker.SweepAsync();
        Assert.Equal("ended", (await ana.PostAsync($"/v1/grants/{id}/end", "{}")).Is(200).Text("state"));
        (await ana.PostAsync($"/v1/grants/{id}/credentials")).IsProblem(409, "grant_ended");
        Assert.Empty(broker.Issuer.Standing);
    }

    [Fact]
    public async Task An_extension_is_a_request_of_its_own_and_moves_the_grants_end()
    {
        await using var broker = await BrokerFixture.NewAsync(BrokerFixture.Catalog.Replace("leases: 2", "leases: 2\n    extensions: { max: 1 }", StringComparison.Ordinal));
        var (ana, bea, cy) = (await broker.AsAsync("ana"), await broker.AsAsync("bea", canDecide: true), await broker.AsAsync("cy"));
        var id = await broker.GrantAsync(ana);
        var before = (await ana.GetAsync($"/v1/grants/{id}")).Is(200).Json["endsAt"]!.GetValue<DateTimeOffset>();

        (await broker.Nobody.PostAsync($"/v1/grants/{id}/extensions", "{}")).IsProblem(401, "unauthenticated");
        (await cy.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"x"}""")).IsProblem(404, "not_found");
        (await bea.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"x"}""")).IsProblem(403, "not_the_holder");
        (await ana.PostAsync($"/v1/grants/{id}/extensions", "{}")).IsProblem(400, "invalid_request");
        (await ana.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"x","reason":"INC-1"}""")).IsProblem(422, "invalid_duration");
        (await ana.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"30m","reason":"because"}""")).IsProblem(422, "reason_pattern");
        var asked = (await ana.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"30m","reason":"INC-1"}""", key: "more")).Is(201);
        var again = (await ana.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"30m","reason":"INC-1"}""", key: "more")).Is(201);

        Assert.Equal(("extension", "pending", "PT30M", asked.Text("id")), (asked.Text("kind"), asked.Text("state"), asked.Text("duration"), again.Text("id")));
        Assert.Equal($"/v1/requests/{asked.Text("id")}", asked.Header("Location"));
        var decided = (await bea.PostAsync($"/v1/requests/{asked.Text("id")}/decisions", """{"verdict":"approve"}""")).Is(200);
        Assert.Equal((id, "active"), ((string?)decided.Json["grant"]!["id"], (string?)decided.Json["grant"]!["state"]));
        Assert.Equal(before + TimeSpan.FromMinutes(30), (await ana.GetAsync($"/v1/grants/{id}")).Is(200).Json["endsAt"]!.GetValue<DateTimeOffset>());
        (await ana.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"30m","reason":"INC-1"}""")).IsProblem(409, "extension_limit");
        (await ana.PostAsync($"/v1/grants/{id}/end")).Is(202);
        (await ana.PostAsync($"/v1/grants/{id}/extensions", """{"duration":"30m","reason":"INC-1"}""")).IsProblem(409, "grant_not_active");
    }

    [Fact]
    public async Task Codes_of_collecting_and_ending()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var (ana, bea, cy, eli) = (await broker.AsAsync("ana"), await broker.AsAsync("bea"), await broker.AsAsync("cy"), await broker.AsAsync("eli"));
        var id = await broker.GrantAsync(ana);

        (await broker.Nobody.PostAsync($"/v1/grants/{id}/credentials")).IsProblem(401, "unauthenticated");
        foreach (var missing in new[] { Unknown, "nonsense", id.ToLowerInvariant() })
        {
            (await ana.PostAsync($"/v1/grants/{missing}/credentials")).IsProblem(404, "not_found");
            (await ana.PostAsync($"/v1/grants/{missing}/end")).IsProblem(404, "not_found");
            (await ana.GetAsync($"/v1/grants/{missing}")).IsProblem(404, "not_found");
        }

        (await cy.GetAsync($"/v1/grants/{id}")).IsProblem(404, "not_found");
        (await cy.PostAsync($"/v1/grants/{id}/credentials")).IsProblem(404, "not_found");
        (await cy.PostAsync($"/v1/grants/{id}/end")).IsProblem(404, "not_found");
        (await bea.PostAsync($"/v1/grants/{id}/credentials")).IsProblem(403, "not_the_holder");
        (await eli.PostAsync($"/v1/grants/{id}/end", """{"reason":"x"}""")).IsProblem(403, "forbidden");
        (await bea.PostAsync($"/v1/grants/{id}/end")).IsProblem(422, "reason_required");
        (await bea.PostAsync($"/v1/grants/{id}/end", """{"reason":7}""")).IsProblem(400, "invalid_request");
        var tooLong = $$"""{"reason":"{{new string('x', 1001)}}"}""";
        (await eli.PostAsync($"/v1/grants/{id}/end", tooLong)).IsProblem(403, "forbidden");
        (await bea.PostAsync($"/v1/grants/{id}/end", tooLong)).IsProblem(422, "invalid_value");
        (await bea.PostAsync($"/v1/grants/{id}/end", """{"reason":"a\u0000b"}""")).IsProblem(422, "invalid_value");
        var revoked = (await bea.PostAsync($"/v1/grants/{id}/end", """{"reason":"wrong database"}""")).Is(202);
        Assert.Equal(("ended", "revoked", "wrong database"), (revoked.Text("state"), revoked.Text("end"), revoked.Text("endReason")));
        (await bea.PostAsync($"/v1/grants/{id}/end")).Is(200);
    }

    [Fact]
    public async Task An_issuer_that_refuses_or_is_away_is_told_from_a_refusal_of_ours()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var id = await broker.GrantAsync(ana);

        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Refused("The door does not know orders."));
        (await ana.PostAsync($"/v1/grants/{id}/credentials")).IsProblem(502, "issuer_refused");
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable("The door does not answer."));
        Assert.NotNull((await ana.PostAsync($"/v1/grants/{id}/credentials")).IsProblem(503, "issuer_unavailable").Header("Retry-After"));
    }

    [Fact]
    public async Task A_token_is_introspected_by_those_the_catalog_names_until_its_grant_ends()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var asked = (await ana.PostAsync("/v1/requests", """{"entitlement":"logs:read"}""")).Is(201);
        var grant = (string?)asked.Json["grant"]!["id"];
        var token = (string?)(await ana.PostAsync($"/v1/grants/{grant}/credentials")).Is(201).Json["credential"]!["token"];

        Assert.True((bool)(await IntrospectAsync(broker, "introspector-secret", token!)).Is(200).Json["active"]!);
        (await IntrospectAsync(broker, "wrong", token!)).IsProblem(401, "unauthenticated");
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(broker, "introspector-secret", "nonsense")).Is(200).Body);
        (await ana.PostAsync($"/v1/grants/{grant}/end")).Is(202);
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(broker, "introspector-secret", token!)).Is(200).Body);
    }

    [Fact]
    public async Task Lists_are_paged_by_opaque_cursors_that_fit_one_list_only()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var made = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            made.Add((string)(await ana.PostAsync("/v1/requests", """{"entitlement":"logs:read"}""")).Is(201).Json["grant"]!["id"]!);
            broker.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var (seen, next, first) = (new List<string>(), (string?)null, (string?)null);
        do
        {
            var page = (await ana.GetAsync("/v1/grants?limit=2" + (next is null ? "" : "&cursor=" + next))).Is(200).Json;
            seen.AddRange(page["items"]!.AsArray().Select(g => (string)g!["id"]!));
            next = (string?)page["next"];
            first ??= next;
        }
        while (next is not null);

        Assert.Equal(made.AsEnumerable().Reverse(), seen);
        var tampered = first![..^1] + (first[^1] == 'A' ? 'B' : 'A');
        foreach (var bad in new[] { tampered, "nonsense", "%00", first + "A", "=" })
            (await ana.GetAsync($"/v1/grants?limit=2&cursor={bad}")).IsProblem(400, "invalid_request");
        (await ana.GetAsync($"/v1/requests?cursor={first}")).IsProblem(400, "invalid_request");
        (await ana.GetAsync($"/v1/grants?mine=true&cursor={first}")).IsProblem(400, "invalid_request");
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("limit=ten")]
    [InlineData("limit=1&limit=2")]
    [InlineData("state=alive")]
    [InlineData("state=Active")]
    [InlineData("mine=yes")]
    [InlineData("person=")]
    [InlineData("person=a%00b")]
    [InlineData("holder=ana")]
    public async Task A_query_that_cannot_be_read_is_refused(string query)
    {
        await using var broker = await BrokerFixture.NewAsync();

        (await (await broker.AsAsync("ana")).GetAsync("/v1/grants?" + query)).IsProblem(400, "invalid_request");
    }

    private static Task<ApiAnswer> IntrospectAsync(BrokerFixture broker, string secret, string token)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "/oauth/introspect") { Content = new FormUrlEncodedContent([new("token", token)]) };
        message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("logs:" + secret)));
        return broker.Nobody.SendAsync(message);
    }
}
