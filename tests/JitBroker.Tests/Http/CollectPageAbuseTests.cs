using JitBroker.Server.Http;

namespace JitBroker.Tests.Http;

/// <summary>What others would like to do with the Collect page and a holder's browser.</summary>
public sealed class CollectPageAbuseTests
{
    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "none")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "http://127.0.0.1")]
    public async Task A_post_from_elsewhere_reveals_nothing_even_with_the_right_form(string header, string value)
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        var ready = await browser.SignInAsync("ana", grant);

        var refused = (await browser.PressAsync(ready, grant, (header, value))).Is(403);

        Assert.Contains("did not come from this page", refused.Text, StringComparison.Ordinal);
        Assert.Equal(0, broker.Issuer.Mints);
        // The form itself is good: an old browser says nothing of where it posts from.
        (await browser.PressAsync(ready, grant, ("X-Nothing", "1"))).Is(200);
    }

    [Fact]
    public async Task A_form_is_good_for_one_browser_one_session_one_grant_and_one_purpose()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var grant = await broker.GrantAsync(ana);
        var logs = (await ana.PostAsync("/v1/requests", """{"entitlement":"logs:read"}""")).Is(201).Json["grant"]!["id"]!.GetValue<string>();
        var (browser, second) = (new PageBrowser(broker), new PageBrowser(broker));
        var ready = await browser.SignInAsync("ana", grant);
        var there = await second.SignInAsync("ana", grant);
        var (mine, theirs) = (PageBrowser.FieldsOf(ready.Form(grant)), PageBrowser.FieldsOf(there.Form(grant)));
        var address = new Uri(broker.Address, "/c/" + grant);

        (await browser.PostAsync(address, [])).Is(403);
        (await browser.PostAsync(address, [new("form", "x.y")])).Is(403);
        (await browser.PostAsync(address, [new("form", mine[0].Value[..^1] + (mine[0].Value[^1] == 'A' ? 'B' : 'A'))])).Is(403);
        (await browser.PostAsync(address, theirs)).Is(403);
        (await browser.PostAsync(address, PageBrowser.FieldsOf(ready.Form("/sign-out")))).Is(403);
        (await browser.PostAsync(new Uri(broker.Address, "/c/" + logs), mine)).Is(403);
        (await browser.PostAsync(new Uri(broker.Address, $"/c/{grant}/sign-out"), mine)).Is(403);
        Assert.Equal(0, broker.Issuer.Mints);

        // A browser that keeps no cookies is told so.
        browser.Cookies.Remove("jit-browser");
        Assert.Contains("must keep cookies", (await browser.PostAsync(address, mine)).Is(403).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_post_without_a_session_reveals_nothing_and_a_bearer_token_is_no_session_here()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var grant = await broker.GrantAsync(ana);

        var answer = await ana.PostAsync("/c/" + grant, "form=x", type: "application/x-www-form-urlencoded");

        Assert.Equal((303, grant), (answer.Status, answer.Header("Location")));
        Assert.DoesNotContain("Orders", (await ana.GetAsync("/c/" + grant)).Is(200).Body, StringComparison.Ordinal);
        Assert.Equal(0, broker.Issuer.Mints);
    }

    [Fact]
    public async Task Cookies_are_out_of_reach_of_scripts_and_of_other_sites_posts()
    {
        await using var broker = await BrokerFixture.NewAsync(settings: ("Broker:PublicUrl", "https://jit.example"));
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        await browser.SignInAsync("ana", grant);

        Assert.Equal(["__Host-jit-browser", "__Host-jit-session", "__Host-jit-sign-in"], browser.CookieLines.Select(l => l.Split('=')[0]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(browser.CookieLines, line =>
        {
            foreach (var part in new[] { "path=/", "secure", "samesite=lax", "httponly" })
                Assert.Contains("; " + part, line, StringComparison.Ordinal);
            Assert.DoesNotContain("domain=", line, StringComparison.Ordinal);
        });
        Assert.Contains(browser.CookieLines, l => l.StartsWith("__Host-jit-session=", StringComparison.Ordinal) && l.Contains("max-age=43200", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_is_new_at_each_sign_in_whatever_the_browser_came_with()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var planted = new string('A', 43);
        var browser = new PageBrowser(broker) { Cookies = { ["jit-session"] = planted, ["jit-browser"] = planted } };

        var ready = await browser.SignInAsync("ana", grant);

        Assert.True(ready.HasReveal);
        Assert.NotEqual(planted, browser.Cookies["jit-session"]);
        Assert.NotEqual(planted, browser.Cookies["jit-browser"]);
        var attacker = new PageBrowser(broker) { Cookies = { ["jit-session"] = planted } };
        Assert.Contains("Your session in this browser has ended", (await attacker.OpenAsync("/c/" + grant)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_signs_in_only_by_a_press_of_its_own_and_says_who_it_is_then()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var (victim, attacker) = (new PageBrowser(broker), new PageBrowser(broker));
        await victim.OpenAsync("/c/" + grant);
        var lure = await attacker.PressAsync(await attacker.OpenAsync("/c/" + grant), "/sign-in");
        await PageBrowser.ConfirmAsync(broker, "cy", PageBrowser.CodeOn(lure));

        // The attacker's page posts the attacker's forms from the victim's browser.
        (await victim.PostAsync(new Uri(broker.Address, $"/c/{grant}/sign-in"), [new("form", "x.y")], ("Sec-Fetch-Site", "cross-site"))).Is(403);
        (await victim.PostAsync(new Uri(broker.Address, $"/c/{grant}/sign-in/poll"), PageBrowser.FieldsOf(lure.Form("/sign-in/poll")))).Is(403);
        Assert.False(victim.Cookies.ContainsKey("jit-session"));

        var own = (await attacker.PressAsync(lure, "/sign-in/poll")).Is(404);
        Assert.Contains("Signed in as Cy", own.Text, StringComparison.Ordinal);
        Assert.Contains("Sign out", own.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_that_was_refused_or_has_expired_signs_nobody_in()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        var code = await browser.PressAsync(await browser.OpenAsync("/c/" + grant), "/sign-in");
        await PageBrowser.ConfirmAsync(broker, "ana", PageBrowser.CodeOn(code), confirm: false);
        Assert.Contains("refused in chat: nobody was signed in", (await browser.PressAsync(code, "/sign-in/poll")).Text, StringComparison.Ordinal);

        var late = await browser.PressAsync(await browser.OpenAsync("/c/" + grant), "/sign-in");
        broker.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains("a code lives five minutes", (await browser.PressAsync(late, "/sign-in/poll")).Text, StringComparison.Ordinal);
        Assert.False(browser.Cookies.ContainsKey("jit-session"));
        Assert.DoesNotContain("evil", (await browser.OpenAsync("/c/" + grant + "?because=evil")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_polls_for_a_word_and_learns_when_to_ask_again()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        var code = await browser.PressAsync(await browser.OpenAsync("/c/" + grant), "/sign-in");
        var form = code.Form("/sign-in/poll");
        var address = new Uri(browser.At, form.GetAttribute("action")!);
        Task<SeenPage> PollAsync() => browser.PostAsync(address, PageBrowser.FieldsOf(form), ("Accept", "application/json"), ("Sec-Fetch-Site", "same-origin"));

        Assert.Equal("""{"wait":2}""", (await PollAsync()).Is(200).Body);
        Assert.Equal("""{"wait":7}""", (await PollAsync()).Is(200).Body);
        await PageBrowser.ConfirmAsync(broker, "ana", PageBrowser.CodeOn(code));
        Assert.Equal("""{"because":""}""", (await PollAsync()).Is(200).Body);
        Assert.True(browser.Cookies.ContainsKey("jit-session"));
        Assert.True((await browser.OpenAsync("/c/" + grant)).HasReveal);
    }

    [Fact]
    public async Task Signing_out_and_Not_me_end_the_session_here_and_everywhere()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var grant = await broker.GrantAsync(ana);
        var (browser, other) = (new PageBrowser(broker), new PageBrowser(broker));
        var ready = await browser.SignInAsync("ana", grant);
        var session = browser.Cookies["jit-session"];
        var listed = (await ana.GetAsync("/v1/me")).Json["sessions"]!.AsArray().Single(s => (string?)s!["host"] == "Firefox on Linux")!;
        Assert.Equal(("ask", "127.0.0.1"), ((string?)listed["scope"], (string?)listed["address"]));

        var signedOut = (await browser.PressAsync(ready, "/sign-out")).Is(200);
        Assert.Contains("Sign in to collect", signedOut.Text, StringComparison.Ordinal);
        Assert.Equal(["jit-browser"], browser.Cookies.Keys);
        Assert.Contains("has ended", (await new PageBrowser(broker) { Cookies = { ["jit-session"] = session } }.OpenAsync("/c/" + grant)).Text, StringComparison.Ordinal);

        ready = await other.SignInAsync("ana", grant);
        listed = (await ana.GetAsync("/v1/me")).Json["sessions"]!.AsArray().Single(s => (string?)s!["host"] == "Firefox on Linux")!;
        (await ana.PostAsync($"/v1/sessions/{(string?)listed["id"]}/end")).Is(204);
        Assert.Contains("Your session in this browser has ended", (await other.PressAsync(ready, grant)).Is(200).Text, StringComparison.Ordinal);
        Assert.Equal(0, broker.Issuer.Mints);
    }

    [Fact]
    public async Task A_session_of_a_browser_ends_by_itself_after_twelve_hours()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        await browser.SignInAsync("ana", grant);

        broker.Clock.Advance(TimeSpan.FromHours(12));

        Assert.Contains("Your session in this browser has ended", (await browser.OpenAsync("/c/" + grant)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_is_kept_by_nobody_framed_by_nobody_and_loads_nothing()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        var door = await browser.OpenAsync("/c/" + grant);
        var code = await browser.PressAsync(door, "/sign-in");
        await PageBrowser.ConfirmAsync(broker, "ana", PageBrowser.CodeOn(code));
        var ready = await browser.PressAsync(code, "/sign-in/poll");
        var revealed = await browser.PressAsync(ready, grant);
        var none = await browser.OpenAsync("/c/01ARZ3NDEKTSV4RRFFQ69G5FAV");
        var refused = await browser.PressAsync(ready, grant, ("Sec-Fetch-Site", "cross-site"));

        foreach (var page in new[] { door, code, ready, revealed, none, refused })
        {
            Assert.Equal(("no-store", "nosniff", "no-referrer", "DENY"), (page.Header("Cache-Control"), page.Header("X-Content-Type-Options"), page.Header("Referrer-Policy"), page.Header("X-Frame-Options")));
            Assert.Equal(("same-origin", "same-origin"), (page.Header("Cross-Origin-Opener-Policy"), page.Header("Cross-Origin-Resource-Policy")));
            var policy = page.Header("Content-Security-Policy")!;
            foreach (var rule in new[] { "default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'", "script-src 'sha256-", "style-src 'sha256-" })
                Assert.Contains(rule, policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain(page.Document.All.SelectMany(e => e.Attributes), a => a.Name is "style" or "src" || a.Name.StartsWith("on", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Names_and_titles_are_text_and_never_markup()
    {
        const string evil = "<img src=x onerror=alert(1)>&\\\"'";
        var catalog = BrokerFixture.Catalog.Replace("title: Orders database, read only", $"title: \"{evil}\"", StringComparison.Ordinal)
            .Replace("name: Ana,", "name: \"<b>Ana</b>\",", StringComparison.Ordinal);
        await using var broker = await BrokerFixture.NewAsync(catalog);
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);

        var ready = await browser.SignInAsync("ana", grant);

        Assert.Equal(evil.Replace("\\", "", StringComparison.Ordinal), ready.Document.QuerySelector("h1")!.TextContent);
        Assert.Empty(ready.Document.QuerySelectorAll("img, b b"));
        Assert.Contains("<b>Ana</b>", ready.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_pressing_and_signing_in_too_fast_is_slowed_down_with_a_page()
    {
        await using var broker = await BrokerFixture.NewAsync(rates: new CallRates(1, 1, 1));
        var browser = new PageBrowser(broker);
        var door = await browser.OpenAsync("/c/01ARZ3NDEKTSV4RRFFQ69G5FAV");
        await browser.PressAsync(door, "/sign-in");

        var slowed = (await browser.PressAsync(door, "/sign-in")).Is(429);
        Assert.Contains("Too many calls came from your address", slowed.Text, StringComparison.Ordinal);
        Assert.NotNull(slowed.Header("Retry-After"));
        for (var i = 0; i < 4; i++)
            await browser.OpenAsync("/c/01ARZ3NDEKTSV4RRFFQ69G5FAV");
        (await browser.OpenAsync("/c/01ARZ3NDEKTSV4RRFFQ69G5FAV")).Is(429);
    }

    [Theory]
    [InlineData("application/json", "{}", 415)]
    [InlineData("multipart/form-data; boundary=x", "--x--", 415)]
    [InlineData("application/x-www-form-urlencoded", null, 413)]
    public async Task A_body_that_is_no_form_of_ours_is_told_as_a_page(string type, string? body, int status)
    {
        await using var broker = await BrokerFixture.NewAsync();
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        var browser = new PageBrowser(broker);
        await browser.SignInAsync("ana", grant);
        using var message = new HttpRequestMessage(HttpMethod.Post, "/c/" + grant) { Content = new StringContent(body ?? new string('x', 70_000), System.Text.Encoding.UTF8) };
        message.Content.Headers.Remove("Content-Type");
        message.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        message.Headers.TryAddWithoutValidation("Cookie", $"jit-session={browser.Cookies["jit-session"]}");

        using var answer = await broker.Http.SendAsync(message, TestContext.Current.CancellationToken);

        Assert.Equal((status, "text/html"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }
}
