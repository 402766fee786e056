using System.Net;
using System.Text;
using JitBroker.Playground;

namespace JitBroker.Tests.Playground;

/// <summary>The control API acts as anybody, so nobody else's page may reach it; and its live line loses nothing.</summary>
public sealed class ControlTests
{
    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Host", "rebound.example")]
    public async Task A_request_from_another_site_is_refused(string header, string value)
    {
        await using var bench = await Workbench.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(bench.Host.Url, "playground/say"))
        {
            Content = new StringContent("""{"person":"ana","conversation":"C0ACCESS","text":"x"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation(header, value);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.Http.SendAsync(request)).StatusCode);
        Assert.Empty(await bench.MessagesAsync());
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    public async Task A_post_that_a_form_could_send_is_refused(string type)
    {
        await using var bench = await Workbench.StartAsync();
        using var content = new StringContent("""{"person":"ana","conversation":"C0ACCESS","text":"x"}""", Encoding.UTF8, type);
        Assert.Equal(HttpStatusCode.Forbidden, (await bench.Http.PostAsync(new Uri(bench.Host.Url, "playground/say"), content)).StatusCode);
    }

    [Fact]
    public async Task It_does_not_listen_beyond_loopback() =>
        await Assert.ThrowsAsync<ArgumentException>(() => PlaygroundHost.StartAsync(new PlaygroundOptions { Clock = new ManualClock(), Listen = new Uri("http://0.0.0.0:0/") }));

    [Fact]
    public async Task The_page_runs_under_a_policy_that_lets_nothing_in()
    {
        await using var bench = await Workbench.StartAsync();
        using var page = await bench.Http.GetAsync(bench.Host.Url);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var html = await page.Content.ReadAsStringAsync();
        foreach (var asset in html.Split('"').Where(s => s.StartsWith("/assets/", StringComparison.Ordinal)))
            Assert.Equal(HttpStatusCode.OK, (await bench.Http.GetAsync(new Uri(bench.Host.Url, asset))).StatusCode);
    }

    [Fact]
    public async Task Whoever_reconnects_is_told_at_once_and_finds_what_was_posted_meanwhile()
    {
        await using var bench = await Workbench.StartAsync();
        var first = await RevisionAsync(bench);
        await bench.CallAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "in the gap"));
        Assert.True(await RevisionAsync(bench) > first);
        Assert.Equal("in the gap", (string)(await bench.MessagesAsync())[^1]!["text"]!);
    }

    [Fact]
    public async Task Unread_counts_rise_for_others_and_fall_when_read()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.CallAsync("chat.postMessage", ("channel", "U0BEA"), ("text", "hi"));
        Assert.Equal(1, (int)(await bench.StateAsync("bea"))["directs"]![0]!["unread"]!);
        Assert.Equal(0, (int)(await bench.StateAsync("ana"))["directs"]![0]!["unread"]!);
        await bench.DoAsync("read", new { person = "bea", conversation = "D0BEA" });
        Assert.Equal(0, (int)(await bench.StateAsync("bea"))["directs"]![0]!["unread"]!);
    }

    [Fact]
    public async Task Nobody_presses_in_anothers_direct_messages()
    {
        await using var bench = await Workbench.StartAsync();
        var posted = await bench.CallAsync("chat.postMessage", ("channel", "U0BEA"), ("text", "x"), ("blocks", DeliveryTests.Card));
        var refused = await bench.DoAsync("act", new { person = "ana", conversation = "D0BEA", ts = (string)posted["ts"]!, action_id = "approve" });
        Assert.Equal("U0ANA sees no conversation \"D0BEA\".", (string)refused["error"]!);
        Assert.Empty(bench.App.Arrivals);
    }

    [Fact]
    public async Task A_fault_after_the_effect_loses_only_the_answer()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.DoAsync("faults", new { method = "chat.postMessage", status = 503, after_effect = true });
        var (response, _) = await bench.SendAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "x"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Single(await bench.MessagesAsync());
        Assert.True((bool)(await bench.CallAsync("chat.postMessage", ("channel", "C0ACCESS"), ("text", "y")))["ok"]!);
    }

    [Fact]
    public async Task The_log_holds_no_token()
    {
        await using var bench = await Workbench.StartAsync();
        await bench.CallAsync("auth.test", ("token", bench.Host.Options.BotToken));
        await bench.SayAsync("/access mine");
        var log = await bench.Http.GetStringAsync(new Uri(bench.Host.Url, "playground/log"));
        Assert.Contains("auth.test", log, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Host.Options.BotToken, log, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Host.Options.SigningSecret, log, StringComparison.Ordinal);
    }

    private static async Task<long> RevisionAsync(Workbench bench)
    {
        using var response = await bench.Http.GetAsync(new Uri(bench.Host.Url, "playground/live"), HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var line = await reader.ReadLineAsync();
        return long.Parse(line!["id: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
