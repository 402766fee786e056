using System.Text.Json.Nodes;
using JitBroker.Issuing;
using JitBroker.People.SignIn;
using JitBroker.Tests.Issuing;

namespace JitBroker.Tests.Http;

/// <summary>The Collect page for its holder, in a browser without scripts.</summary>
public sealed class CollectPageTests
{
    [Fact]
    public async Task A_holder_signs_in_by_chat_and_reveals_a_credential_once()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);

        var door = (await browser.OpenAsync("/c/" + grant)).Is(200);
        Assert.Contains("Sign in to collect", door.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Orders", door.Body, StringComparison.Ordinal);
        var code = (await browser.PressAsync(door, "/sign-in")).Is(200);
        Assert.Contains("/access login " + PageBrowser.CodeOn(code), code.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody has confirmed", (await browser.PressAsync(code, "/sign-in/poll")).Text, StringComparison.Ordinal);
        var prompt = await PageBrowser.ConfirmAsync(broker, "ana", PageBrowser.CodeOn(code));
        Assert.Equal((true, "127.0.0.1", "Firefox on Linux", SessionScope.Ask), (prompt.IsOfBrowser, prompt.Address, prompt.Host, prompt.Scope));
        var ready = (await browser.PressAsync(code, "/sign-in/poll")).Is(200);
        Assert.Contains("Signed in as Ana ana@example.com", ready.Text, StringComparison.Ordinal);
        Assert.Contains("Orders database, read only orders-db:read", ready.Text, StringComparison.Ordinal);
        Assert.Contains("0 of 2 in use", ready.Text, StringComparison.Ordinal);
        Assert.Contains("Removed at the target, verified.", ready.Text, StringComparison.Ordinal);
        Assert.Empty(broker.Issuer.Standing);

        var revealed = (await browser.PressAsync(ready, grant)).Is(200);
        Assert.Equal("secret-of-" + Assert.Single(broker.Issuer.Standing), revealed.Field("token"));
        var again = (await browser.PressAsync(ready, grant)).Is(200);
        Assert.DoesNotContain(revealed.Field("token"), again.Body, StringComparison.Ordinal);
        Assert.Contains("1 of 2 in use", again.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(revealed.Field("token"), (await browser.OpenAsync("/c/" + grant)).Body, StringComparison.Ordinal);
        Assert.Equal(1, broker.Issuer.Mints);
    }

    [Fact]
    public async Task Looking_has_no_effect_however_often_and_by_whatever()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var grant = await broker.GrantAsync(ana);
        var browser = new PageBrowser(broker, "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)");
        var before = await EventsAsync(broker);

        await browser.OpenAsync("/c/" + grant);
        var head = (await browser.HeadAsync("/c/" + grant)).Is(200);
        await new PageBrowser(broker).OpenAsync("/c/" + grant);
        Assert.Empty(head.Body);
        Assert.Equal("text/html; charset=utf-8", head.Header("Content-Type"));
        (await broker.Nobody.GetAsync("/c/" + grant + "?form=x")).Is(200);

        Assert.Equal(before, await EventsAsync(broker));
        Assert.Equal("0", await CountAsync(broker, "select count(*) from sign_ins where surface = 'web'"));
        Assert.Equal((0, 0), (broker.Issuer.Mints, broker.Issuer.Ends));
    }

    [Fact]
    public async Task Somebody_elses_grant_and_one_that_is_not_there_look_the_same()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var bea = new PageBrowser(broker);
        var other = (await bea.SignInAsync("bea", grant)).Is(404);
        var none = (await bea.OpenAsync("/c/01ARZ3NDEKTSV4RRFFQ69G5FAV")).Is(404);
        var nonsense = (await bea.OpenAsync("/c/nothing")).Is(404);

        Assert.Equal(none.Text, other.Text);
        Assert.Equal(none.Text, nonsense.Text);
        Assert.Contains("Signed in as Bea", other.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Orders", other.Body, StringComparison.Ordinal);
        // With a form that is rightly hers, moved to his grant.
        var form = PageBrowser.FieldsOf(other.Form("/sign-out"));
        (await bea.PostAsync(new Uri(broker.Address, "/c/" + grant), form)).Is(404);
        Assert.Equal(0, broker.Issuer.Mints);
    }

    [Fact]
    public async Task What_is_over_or_not_yet_or_not_any_more_says_so_and_what_to_do()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var starts = JitBroker.Client.InstantConverter.Text(broker.Clock.GetUtcNow().AddHours(2));
        var later = (await ana.PostAsync("/v1/requests", $$"""{"entitlement":"logs:read","startsAt":"{{starts}}"}""")).Is(201).Json["grant"]!["id"]!.GetValue<string>();
        var grant = await broker.GrantAsync(ana);
        var browser = new PageBrowser(broker);
        var ready = (await browser.SignInAsync("ana", grant)).Is(200);

        var scheduled = await browser.OpenAsync("/c/" + later);
        Assert.Contains("Starts later Logs", scheduled.Text, StringComparison.Ordinal);
        Assert.Contains("in 2 h", scheduled.Text, StringComparison.Ordinal);
        Assert.False(scheduled.HasReveal);

        (await ana.PostAsync($"/v1/grants/{grant}/end")).Is(202);
        var ended = await browser.OpenAsync("/c/" + grant);
        Assert.Contains("Ended Orders database", ended.Text, StringComparison.Ordinal);
        Assert.Contains("given back by Ana", ended.Text, StringComparison.Ordinal);
        Assert.Contains("/access request orders-db:read", ended.Text, StringComparison.Ordinal);
        Assert.False(ended.HasReveal);
        // The page was open when it ended.
        var late = (await browser.PressAsync(ready, grant)).Is(409);
        Assert.Contains("This access ended at 10:00:00 UTC", late.Text, StringComparison.Ordinal);
        Assert.Equal(0, broker.Issuer.Mints);
    }

    [Fact]
    public async Task An_end_that_the_target_does_not_confirm_is_not_called_an_end()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var grant = await broker.GrantAsync(ana);
        var browser = new PageBrowser(broker);
        await browser.PressAsync(await browser.SignInAsync("ana", grant), grant);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("orders does not answer"));
        (await ana.PostAsync($"/v1/grants/{grant}/end")).Is(202);
        Assert.Contains("Ending Orders database", (await browser.OpenAsync("/c/" + grant)).Text, StringComparison.Ordinal);
        await broker.SweepAsync();

        var stuck = await browser.OpenAsync("/c/" + grant);
        Assert.Contains("not yet: the target does not confirm it", stuck.Text, StringComparison.Ordinal);
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(null);
        broker.Clock.Advance(TimeSpan.FromMinutes(30));
        await broker.SweepAsync();
        Assert.Contains("Verified2026-11-22 10:30 UTC", (await browser.OpenAsync("/c/" + grant)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_is_away_is_told_and_the_next_press_works()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        var ready = await browser.SignInAsync("ana", grant);
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Unavailable("door does not answer."));

        var away = (await browser.PressAsync(ready, grant)).Is(503);
        Assert.Contains("door does not answer. Nothing was collected; try again", away.Text, StringComparison.Ordinal);
        Assert.Equal("10", away.Header("Retry-After"));
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(null);
        (await browser.PressAsync(away, grant)).Is(200);
        Assert.Single(broker.Issuer.Standing);
    }

    [Fact]
    public async Task Live_credentials_are_limited_and_the_page_says_which_are_in_use()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        var first = await browser.SignInAsync("ana", grant);
        (await browser.PressAsync(first, grant)).Is(200);
        var second = await browser.OpenAsync("/c/" + grant);
        var third = await browser.OpenAsync("/c/" + grant);
        (await browser.PressAsync(second, grant)).Is(200);

        Assert.Contains("are in use, its limit", (await browser.PressAsync(third, grant)).Is(409).Text, StringComparison.Ordinal);
        var full = await browser.OpenAsync("/c/" + grant);
        Assert.False(full.HasReveal);
        Assert.Equal(2, full.Document.QuerySelectorAll(".leases li").Length);
        Assert.Equal(2, broker.Issuer.Mints);
    }

    [Theory]
    [InlineData("postgres", """{"host":"db.example","port":5432,"database":"orders","username":"jit_01k","password":"p'a<b>&\"","uri":"nonsense"}""", "psql 'host=db.example port=5432 dbname=orders user=jit_01k'")]
    [InlineData("aws-sts", """{"accessKeyId":"ASIA1","secretAccessKey":"sec/ret","sessionToken":"s","expiration":"2026-11-22T11:00:00.000Z","region":"eu-west-1"}""", "[jit]\naws_access_key_id = ASIA1")]
    [InlineData("rabbitmq", """{"uri":"amqps://u:p@mq/v","vhost":"v","username":"u","password":"p"}""", "export AMQP_URL=amqps://u:p@mq/v")]
    [InlineData("kafka", """{"bootstrapServers":"k1:9093","securityProtocol":"SASL_SSL","mechanism":"SCRAM-SHA-512","username":"u","password":"p"}""", "bootstrap.servers=k1:9093")]
    [InlineData("http", """{"token":"</pre><script>alert(1)</script>"}""", "export JIT_ACCESS_TOKEN='</pre><script>alert(1)</script>'")]
    [InlineData("tomorrow", """{"what":"ever"}""", null)]
    public async Task Each_kind_is_shown_in_its_fields_and_ready_to_paste(string kind, string credential, string? paste)
    {
        await using var broker = await BrokerFixture.NewAsync();
        broker.Issuer.BeforeMint = (_, _) => Task.FromResult<MintOutcome?>(new MintOutcome.Minted(new Credential(kind, (JsonObject)JsonNode.Parse(credential)!)));
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);

        var page = (await browser.PressAsync(await browser.SignInAsync("ana", grant), grant)).Is(200);

        foreach (var (name, value) in (JsonObject)JsonNode.Parse(credential)!)
            Assert.Equal(value!.ToString(), page.Field(name));
        var pastes = page.Document.QuerySelectorAll("pre[id^=paste]").Select(p => p.TextContent).ToList();
        Assert.Equal(paste is null, pastes.Count == 0);
        Assert.True(paste is null || pastes.Any(p => p.StartsWith(paste, StringComparison.Ordinal)), string.Join("\n---\n", pastes));
        Assert.Single(page.Document.QuerySelectorAll("script"));
        Assert.DoesNotContain(pastes, p => kind == "postgres" && p.StartsWith("psql", StringComparison.Ordinal) && p.Contains("p'a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_secret_of_the_page_is_at_rest_or_in_the_logs_at_Trace()
    {
        using var log = new CapturedLog();
        await using var broker = await BrokerFixture.NewAsync(log: log);
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        var code = await browser.PressAsync(await browser.OpenAsync("/c/" + grant), "/sign-in");
        var secrets = new List<string> { PageBrowser.CodeOn(code), browser.Cookies["jit-sign-in"].Split('.')[0], browser.Cookies["jit-browser"] };
        await PageBrowser.ConfirmAsync(broker, "ana", PageBrowser.CodeOn(code));
        var revealed = await browser.PressAsync(await browser.PressAsync(code, "/sign-in/poll"), grant);
        secrets.AddRange([browser.Cookies["jit-session"], revealed.Field("token")]);

        var database = string.Concat(Directory.GetFiles(broker.Folder, "jitbroker.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)).Select(f =>
        {
            using var file = new FileStream(f, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, System.Text.Encoding.Latin1);
            return reader.ReadToEnd();
        }));
        Assert.Contains(grant, database, StringComparison.Ordinal);
        Assert.Contains("/c/" + grant, log.Text, StringComparison.Ordinal);
        Assert.All(secrets, s => Assert.DoesNotContain(s, database, StringComparison.Ordinal));
        Assert.All(secrets, s => Assert.DoesNotContain(s, log.Text, StringComparison.Ordinal));
    }

    private static async Task<string> EventsAsync(BrokerFixture broker) => await CountAsync(broker, "select count(*) from events");

    private static async Task<string> CountAsync(BrokerFixture broker, string sql) =>
        (await broker.Get<JitBroker.Storage.Database>().ReadAsync(s => s.QueryAsync<long>(sql, null, CancellationToken.None), CancellationToken.None))[0].ToString(System.Globalization.CultureInfo.InvariantCulture);
}
