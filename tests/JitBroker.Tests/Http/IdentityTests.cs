using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.Storage;

namespace JitBroker.Tests.Http;

/// <summary>Accounts and links over the API.</summary>
public sealed class IdentityTests
{
    private static readonly string Catalog = BrokerFixture.Catalog.Replace("roles: { auditor: [security] }", "roles: { admin: [security] }", StringComparison.Ordinal);

    [Fact]
    public async Task A_session_that_may_decide_links_an_account_that_typed_its_code_and_an_admin_unlinks_it()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (ana, eli) = (await broker.AsAsync("ana", canDecide: true), await broker.AsAsync("eli", canDecide: true));

        var shown = (await ana.PostAsync("/v1/identities/link", "{}")).Is(201);
        var id = shown.Text("id");
        Assert.Equal(("shown", $"/v1/identities/links/{id}"), (shown.Text("state"), shown.Header("Location")));
        var fay = new LinkSide(null, new Identity("slack", "T0EX", "U0FAY"), "Fay");
        Assert.False((await broker.Get<TypeLink>().HandleAsync(fay, shown.Text("code"), CancellationToken.None)).Value!.AsksHere);
        var typed = (await ana.GetAsync("/v1/identities/links/" + id)).Is(200);
        Assert.Equal(("typed", "slack:T0EX/U0FAY", "Fay", false), (typed.Text("state"), typed.Text("account"), typed.Text("label"), typed.Json.AsObject().ContainsKey("code")));
        Assert.Equal("linked", (await ana.PostAsync("/v1/identities/links/" + id, """{"confirm":true}""")).Is(200).Text("state"));
        (await ana.PostAsync("/v1/identities/links/" + id, """{"confirm":true}""")).IsProblem(409, "already_settled");
        Assert.Equal(["U0ANA", "U0FAY"], (await ana.GetAsync("/v1/me")).Json["identities"]!.AsArray().Select(i => (string)i!["id"]!));

        var list = (await eli.GetAsync("/v1/identities?limit=2")).Is(200).Json;
        Assert.Equal(["ana@example.com U0ANA catalog", "ana@example.com U0FAY code"], list["items"]!.AsArray().Select(i => $"{i!["person"]!["email"]} {i["account"]} {i["how"]}"));
        var rest = (await eli.GetAsync("/v1/identities?limit=2&cursor=" + (string)list["next"]!)).Is(200).Json;
        Assert.Equal(["U0BEA"], rest["items"]!.AsArray().Select(i => (string)i!["account"]!));
        var identity = (string)list["items"]![1]!["id"]!;
        (await ana.PostAsync($"/v1/identities/{identity}/unlink")).IsProblem(403, "forbidden");
        var unlinked = (await eli.PostAsync($"/v1/identities/{identity}/unlink", """{"reason":"taken over"}""", key: "k1")).Is(200);
        Assert.Equal((identity, false), (unlinked.Text("id"), (bool)unlinked.Json["holds"]!));
        (await eli.PostAsync($"/v1/identities/{identity}/unlink", """{"reason":"taken over"}""", key: "k1")).Is(200);
        (await eli.PostAsync($"/v1/identities/{identity}/unlink")).IsProblem(409, "already_settled");

        (await ana.GetAsync("/v1/me")).IsProblem(401, "unauthenticated");
        Assert.Equal(["identity.linked", "identity.unlinked"], await EventsAsync(broker, identity));
        var again = new LinkSide(new JitBroker.People.Actor(new Person("bea@example.com", "Bea"), Surface.Slack, "slack:T0EX/U0BEA"), new Identity("slack", "T0EX", "U0BEA"), "");
        Assert.NotNull((await broker.Get<ShowLink>().HandleAsync(again, CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Who_may_not_is_told_so()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (ana, weak) = (await broker.AsAsync("ana", canDecide: true), await broker.AsAsync("ana"));
        var link = (await ana.PostAsync("/v1/identities/link")).Is(201).Text("id");

        (await broker.Nobody.GetAsync("/v1/identities")).IsProblem(401, "unauthenticated");
        Assert.Equal("Only admins and auditors see everybody's accounts. Your own are in jit whoami.", (await ana.GetAsync("/v1/identities")).IsProblem(403, "forbidden").Text("detail"));
        (await weak.PostAsync("/v1/identities/link")).IsProblem(403, "scope_needed");
        (await weak.PostAsync("/v1/identities/links/" + link, """{"confirm":true}""")).IsProblem(403, "scope_needed");
        (await (await broker.AsAsync("eli")).PostAsync("/v1/identities/01ARZ3NDEKTSV4RRFFQ69G5FAV/unlink")).IsProblem(403, "scope_needed");
        (await (await broker.AsAsync("eli", canDecide: true)).PostAsync("/v1/identities/01ARZ3NDEKTSV4RRFFQ69G5FAV/unlink")).IsProblem(404, "not_found");
        (await (await broker.AsAsync("bea", canDecide: true)).GetAsync("/v1/identities/links/" + link)).IsProblem(404, "not_found");
        (await (await broker.AsAsync("bea", canDecide: true)).PostAsync("/v1/identities/links/" + link, """{"confirm":true}""")).IsProblem(404, "not_found");
        (await ana.PostAsync("/v1/identities/links/" + link, """{"confirm":true}""")).IsProblem(404, "not_found");
        (await ana.PostAsync("/v1/identities/link", """{"code":"BCDF-GHJK"}""")).IsProblem(404, "not_found");
        (await ana.PostAsync("/v1/identities/link", """{"person":"bea@example.com"}""")).IsProblem(400, "invalid_request");
    }

    private static async Task<IReadOnlyList<string>> EventsAsync(BrokerFixture broker, string id) =>
        await broker.Get<Database>().ReadAsync(s => s.QueryAsync<string>("select type from events where aggregate_id = @id order by version", new { id }, CancellationToken.None), CancellationToken.None);
}
