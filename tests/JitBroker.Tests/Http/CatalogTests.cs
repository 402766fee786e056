using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Slack;
using JitBroker.Catalog.Reloading;
using JitBroker.Tests.Issuing;

namespace JitBroker.Tests.Http;

/// <summary>The catalog over HTTP, and secrets that change while the broker runs.</summary>
public sealed class CatalogTests
{
    private static readonly string WithAdmin = BrokerFixture.Catalog.Replace("roles: { auditor: [security] }", "roles: { auditor: [security], admin: [security] }", StringComparison.Ordinal);
    private static readonly string Less = WithAdmin[..WithAdmin.IndexOf("  lonely:", StringComparison.Ordinal)];

    [Fact]
    public async Task A_held_catalog_is_shown_to_admins_said_by_readyz_and_accepted_in_a_session_that_may_decide()
    {
        await using var broker = await BrokerFixture.NewAsync(WithAdmin);
        var (ana, reads, decides) = (await broker.AsAsync("ana"), await broker.AsAsync("eli"), await broker.AsAsync("eli", canDecide: true));
        await ChangeAsync(broker, Less);

        (await ana.GetAsync("/v1/catalog")).IsProblem(403, "forbidden");
        var catalog = (await reads.GetAsync("/v1/catalog")).Is(200).Json;
        var waiting = Assert.Single(catalog["waiting"]!.AsArray())!;
        var hash = (string)waiting["hash"]!;
        Assert.Equal(["lonely", "secret:plan"], waiting["dropsEntitlements"]!.AsArray().Select(n => (string?)n));
        Assert.Contains("It would drop 2 entitlements of 4: lonely, secret:plan.", waiting["effect"]!.AsArray().Select(n => (string?)n));
        Assert.Equal("waiting", (string?)catalog["file"]!["state"]);
        var ready = (await broker.Nobody.GetAsync("/readyz")).Is(200).Json["checks"]!.AsArray().Single(c => (string?)c!["name"] == "catalog")!;
        Assert.Contains(hash[..12], (string?)ready["text"], StringComparison.Ordinal);
        Assert.True((bool)ready["attention"]!);

        var body = $$"""{"hash":"{{hash[..10]}}"}""";
        (await broker.Nobody.PostAsync("/v1/catalog/accept", body)).IsProblem(401, "unauthenticated");
        (await ana.PostAsync("/v1/catalog/accept", body)).IsProblem(403, "scope_needed");
        (await (await broker.AsAsync("ana", canDecide: true)).PostAsync("/v1/catalog/accept", body)).IsProblem(403, "forbidden");
        (await reads.PostAsync("/v1/catalog/accept", body)).IsProblem(403, "scope_needed");
        (await decides.PostAsync("/v1/catalog/accept", """{"hash":"0123456789"}""")).IsProblem(404, "not_found");
        (await decides.PostAsync("/v1/catalog/accept", """{"hash":"x"}""")).IsProblem(422, "invalid_value");
        (await decides.PostAsync("/v1/catalog/accept", "{}")).IsProblem(400, "invalid_request");

        Assert.Equal(hash, (await decides.PostAsync("/v1/catalog/accept", body)).Is(200).Text("hash"));
        catalog = (await reads.GetAsync("/v1/catalog")).Json;
        Assert.Equal((hash, 0, "in_force"), ((string?)catalog["inForce"]!["hash"], catalog["waiting"]!.AsArray().Count, (string?)catalog["file"]!["state"]));
        Assert.Equal(hash, (await decides.PostAsync("/v1/catalog/accept", body)).Is(200).Text("hash"));
    }

    [Fact]
    public async Task A_broken_file_is_a_remark_of_readyz_that_quotes_nothing_of_it()
    {
        await using var broker = await BrokerFixture.NewAsync(WithAdmin);
        await ChangeAsync(broker, "peple: [ hush ]");

        var ready = (await broker.Nobody.GetAsync("/readyz")).Is(200);
        var shown = (await (await broker.AsAsync("eli")).GetAsync("/v1/catalog")).Is(200).Json["file"]!;

        Assert.Contains("is not taken over", ready.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("peple", ready.Body, StringComparison.Ordinal);
        Assert.Equal(("broken", "catalog.yaml"), ((string?)shown["state"], (string?)shown["problems"]![0]!["file"]));
    }

    [Fact]
    public async Task Two_catalogs_are_compared_in_words()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var weaker = BrokerFixture.Catalog.Replace("approval: [ { group: data-owners, votes: 2 } ]", "approval: auto", StringComparison.Ordinal);

        var diff = (await ana.PostAsync("/v1/catalog/diff", Files(("old", BrokerFixture.Catalog), ("new", weaker)))).Is(200).Json;
        var broken = (await ana.PostAsync("/v1/catalog/diff", Files(("old", BrokerFixture.Catalog), ("new", "peple: []")))).Is(200).Json;

        var change = Assert.Single(diff["changes"]!.AsArray())!;
        Assert.Equal(("changed", "entitlements", "lonely"), ((string?)change["change"], (string?)change["section"], (string?)change["name"]));
        Assert.Equal("approval: 2 of 3 data-owners (Ana, Bea, Dan) → nobody: approved by rule at once", (string?)change["text"]);
        Assert.NotEmpty(broken["problems"]!.AsArray());
        Assert.Empty(broken["changes"]!.AsArray());
    }

    [Fact]
    public async Task A_difference_is_told_in_people_too()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var more = BrokerFixture.Catalog.Replace("engineering: { members: [ana@example.com, cy@example.com] }", "engineering: { members: [ana@example.com, cy@example.com, dan@example.com] }", StringComparison.Ordinal);

        var diff = (await (await broker.AsAsync("ana")).PostAsync("/v1/catalog/diff", Files(("old", BrokerFixture.Catalog), ("new", more)))).Is(200).Json;

        Assert.Equal(
            ["1 more person may ask for logs:read", "1 more person may ask for lonely", "1 more person may ask for orders-db:read"], diff["people"]!.AsArray().Select(p => (string?)p!["text"]));
        Assert.Equal(("ask", "dan@example.com"), ((string?)diff["people"]![0]!["what"], (string?)diff["people"]![0]!["more"]![0]));
    }

    [Fact]
    public async Task Policy_tests_run_against_the_files_that_are_sent_and_nothing_is_stored()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        const string Tests = "tests: [ { who: cy@example.com, asks: orders-db:read, expect: { allowed: true } }, { name: no, who: bea@example.com, asks: orders-db:read, expect: { allowed: true } } ]";

        var ran = (await ana.PostAsync("/v1/catalog/test", Files(("files", BrokerFixture.Catalog), ("tests", Tests)))).Is(200).Json;
        var broken = (await ana.PostAsync("/v1/catalog/test", Files(("files", "peple: []"), ("tests", "tests: [ {} ]")))).Is(200).Json;

        Assert.Equal((false, true, false), ((bool)ran["ok"]!, (bool)ran["tests"]![0]!["ok"]!, (bool)ran["tests"]![1]!["ok"]!));
        Assert.Contains("not_eligible", (string?)ran["tests"]![1]!["faults"]![0], StringComparison.Ordinal);
        Assert.Equal((false, 0, true), ((bool)broken["ok"]!, broken["tests"]!.AsArray().Count, broken["problems"]!.AsArray().Count > 1));
        (await ana.PostAsync("/v1/catalog/test", """{"files":[],"tests":[]}""")).IsProblem(422, "invalid_value");
        (await broker.Nobody.PostAsync("/v1/catalog/test", "{}")).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task A_review_shows_auditors_everything_owners_their_own_and_others_nothing()
    {
        await using var broker = await BrokerFixture.NewAsync(BrokerFixture.Catalog.Replace("title: Two owners needed", "title: Two owners needed\n    owner: bea@example.com", StringComparison.Ordinal));
        var (eli, bea, cy) = (await broker.AsAsync("eli"), await broker.AsAsync("bea"), await broker.AsAsync("cy"));
        (await cy.PostAsync("/v1/requests", """{"entitlement":"logs:read","reason":""}""")).Is(201);

        var all = (await eli.GetAsync("/v1/catalog/review")).Is(200).Json;
        var own = (await bea.GetAsync("/v1/catalog/review?unused=30d")).Is(200).Json;

        Assert.Equal(["logs:read", "lonely", "orders-db:read", "secret:plan"], all["entitlements"]!.AsArray().Select(e => (string?)e!["name"]));
        Assert.Equal((2, 1, "cy@example.com", 1), ((int)all["entitlements"]![0]!["mayAsk"]!, (int)all["entitlements"]![0]!["asked"]!, (string?)all["entitlements"]![0]!["uses"]![0]!["person"]!["email"], (int)all["entitlements"]![0]!["uses"]![0]!["grants"]!));
        Assert.Equal("keep", (string?)all["entitlements"]![1]!["proposals"]![0]!["action"]);
        Assert.Equal("", (string?)all["patch"]);
        Assert.Equal(["lonely"], own["entitlements"]!.AsArray().Select(e => (string?)e!["name"]));
        Assert.Null(own["patch"]);
        (await cy.GetAsync("/v1/catalog/review")).IsProblem(403, "forbidden");
        (await eli.GetAsync("/v1/catalog/review?unused=soon")).IsProblem(400, "invalid_request");
        (await eli.GetAsync("/v1/catalog/review?unused=1h")).IsProblem(400, "invalid_request");
    }

    [Fact]
    public async Task Every_public_key_there_ever_was_is_served_for_the_audit()
    {
        await using var broker = await BrokerFixture.NewAsync();

        var now = (await broker.Nobody.GetAsync("/.well-known/jwks.json")).Is(200).Json["keys"]!.AsArray();
        var ever = (await broker.Nobody.GetAsync("/.well-known/audit-keys.json")).Is(200).Json["keys"]!.AsArray();

        Assert.Equal(now.Select(k => (string?)k!["kid"]), ever.Select(k => (string?)k!["kid"]));
    }

    [Fact]
    public async Task A_rotated_introspector_secret_holds_at_once_and_the_old_one_no_more()
    {
        await using var broker = await BrokerFixture.NewAsync(before: folder => File.WriteAllTextAsync(Path.Combine(folder, "logs"), "first\n"),
            catalog: BrokerFixture.Catalog.Replace("${env:LOGS_SECRET}", "${file:logs}", StringComparison.Ordinal));
        Assert.Equal((200, 401), (await IntrospectAsync(broker, "first"), await IntrospectAsync(broker, "second")));

        await Secrets.RotateAsync(Path.Combine(broker.Folder, "logs"), "second\n");
        Assert.Equal((401, 200), (await IntrospectAsync(broker, "first"), await IntrospectAsync(broker, "second")));

        File.Delete(Path.Combine(broker.Folder, "logs"));
        Assert.Equal(401, await IntrospectAsync(broker, "second"));
    }

    [Fact]
    public async Task A_rotated_signing_secret_of_Slack_holds_at_once_and_while_its_file_is_away_the_last_one_does()
    {
        await using var broker = await BrokerFixture.NewAsync(
            before: async folder =>
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "sign"), "first");
                await File.WriteAllTextAsync(Path.Combine(folder, "bot"), "xoxb-1");
            },
            settings: [("Slack:Enabled", "true"), ("Slack:Mode", "http"), ("Slack:BotToken", "${file:bot}"), ("Slack:SigningSecrets:0", "${file:sign}"), ("Slack:Workspaces:0", "T0EX")]);
        var options = broker.Get<SlackOptions>();
        Assert.Equal((200, 401), (await ChallengeAsync(broker, "first"), await ChallengeAsync(broker, "second")));

        await Secrets.RotateAsync(Path.Combine(broker.Folder, "sign"), "second");
        await Secrets.RotateAsync(Path.Combine(broker.Folder, "bot"), "xoxb-2");
        Assert.Equal((401, 200), (await ChallengeAsync(broker, "first"), await ChallengeAsync(broker, "second")));
        Assert.Equal("xoxb-2", options.BotToken());

        // A mount that is being swapped, an editor that has truncated: not a reason to be deaf.
        File.Delete(Path.Combine(broker.Folder, "sign"));
        await File.WriteAllTextAsync(Path.Combine(broker.Folder, "bot"), "");
        Assert.Equal(200, await ChallengeAsync(broker, "second"));
        Assert.Equal("xoxb-2", options.BotToken());
    }

    /// <summary>The file changes, stands still, and is looked at.</summary>
    private static async Task ChangeAsync(BrokerFixture broker, string yaml)
    {
        await File.WriteAllTextAsync(Path.Combine(broker.Folder, "catalog.yaml"), yaml);
        for (var i = 0; i < 3; i++)
        {
            broker.Clock.Advance(TimeSpan.FromSeconds(3));
            await broker.Get<ReloadCatalog>().RunAsync(CancellationToken.None);
        }
    }

    private static string Files((string Name, string Yaml) old, (string Name, string Yaml) next) =>
        new JsonObject { [old.Name] = List(old.Yaml), [next.Name] = List(next.Yaml) }.ToJsonString();

    private static JsonArray List(string yaml) => [new JsonObject { ["path"] = "catalog.yaml", ["text"] = yaml }];

    private static async Task<int> IntrospectAsync(BrokerFixture broker, string secret)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/oauth/introspect") { Content = new FormUrlEncodedContent([new("token", "x")]) };
        message.Headers.TryAddWithoutValidation("Authorization", JwtBench.BasicOf("logs", secret));
        using var answer = await broker.Http.SendAsync(message);
        return (int)answer.StatusCode;
    }

    private static async Task<int> ChallengeAsync(BrokerFixture broker, string secret)
    {
        var body = Encoding.UTF8.GetBytes("""{"type":"url_verification","challenge":"c"}""");
        var at = broker.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var message = new HttpRequestMessage(HttpMethod.Post, "/slack/events") { Content = new ByteArrayContent(body) };
        message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        message.Headers.TryAddWithoutValidation(SlackSignature.TimestampHeader, at);
        message.Headers.TryAddWithoutValidation(SlackSignature.SignatureHeader, SlackSignature.Sign(secret, at, body));
        using var answer = await broker.Http.SendAsync(message);
        return (int)answer.StatusCode;
    }

    private static class Secrets
    {
        /// <summary>As a good tool does it: written beside, then renamed over.</summary>
        public static async Task RotateAsync(string path, string value)
        {
            await File.WriteAllTextAsync(path + ".new", value);
            File.Move(path + ".new", path, overwrite: true);
        }
    }
}
