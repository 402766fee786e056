using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.People.OnCall;

namespace JitBroker.Tests.People;

/// <summary>What on-call services answer, in the shapes of their documentation, and what else may come back.</summary>
public sealed class OnCallSourceTests
{
    private const string Token = "a-token-that-is-secret";

    [Fact]
    public async Task PagerDuty_is_read_to_its_last_page_over_all_levels_of_that_schedule()
    {
        await using var service = await FakeOnCallService.StartAsync();
        service.Answers = target => target.Contains("offset=0", StringComparison.Ordinal)
            ? (200, $$"""{"oncalls":[{{Entry("PABC123", "Ana@Example.com", 1)}},{{Entry("POTHER", "eve@example.com", 1)}}],"limit":100,"offset":0,"more":true,"total":null}""")
            : (200, $$"""{"oncalls":[{{Entry("PABC123", "bea@example.com", 2)}}],"limit":100,"offset":100,"more":false,"total":null}""");

        var answer = await ReadAsync("pagerduty", "PABC123", service.Url.AbsoluteUri);

        Assert.Equal(["ana@example.com", "bea@example.com"], Emails(answer));
        Assert.Equal(
            ["/oncalls?schedule_ids[]=PABC123&include[]=users&limit=100&offset=0", "/oncalls?schedule_ids[]=PABC123&include[]=users&limit=100&offset=100"], service.Asked.Select(a => a.Target));
        Assert.All(service.Asked, a => Assert.Equal(("Token token=" + Token, "application/vnd.pagerduty+json;version=2"), (a.Authorization, a.Accept)));
    }

    [Fact]
    public async Task Opsgenie_tells_the_recipients_of_all_rotations_flat()
    {
        await using var service = await FakeOnCallService.StartAsync();
        service.Answers = _ => (200, """{"data":{"_parent":{"id":"s1","name":"payments","enabled":true},"onCallRecipients":["ana@example.com","BEA@example.com"]},"took":0.1,"requestId":"r"}""");

        var answer = await ReadAsync("opsgenie", "s1/../x", service.Url.AbsoluteUri);

        Assert.Equal(["ana@example.com", "bea@example.com"], Emails(answer));
        Assert.Equal("/v2/schedules/s1%2F../x/on-calls?scheduleIdentifierType=id&flat=true".Replace("%2F", "/", StringComparison.Ordinal), service.Asked[0].Target.Replace("%2F", "/", StringComparison.Ordinal));
        Assert.Equal("GenieKey " + Token, service.Asked[0].Authorization);
    }

    [Fact]
    public async Task Any_service_may_answer_with_addresses_or_objects_page_by_page()
    {
        await using var service = await FakeOnCallService.StartAsync();
        service.Answers = target => target.Contains("page=2", StringComparison.Ordinal)
            ? (200, """{"onCall":[{"email":"bea@example.com","name":"Bea"}],"next":null}""")
            : (200, """{"onCall":["ana@example.com"],"next":"?page=2"}""");

        var answer = await ReadAsync("http", new Uri(service.Url, "/who?team=payments").AbsoluteUri);

        Assert.Equal(["ana@example.com", "bea@example.com"], Emails(answer));
        Assert.Equal("Bearer " + Token, service.Asked[1].Authorization);
    }

    [Fact]
    public async Task Nobody_on_call_is_an_answer()
    {
        await using var service = await FakeOnCallService.StartAsync();
        service.Answers = _ => (200, """{"onCall":[]}""");

        Assert.Empty(Emails(await ReadAsync("http", service.Url.AbsoluteUri)));
    }

    [Fact]
    public async Task Neither_a_redirect_nor_a_next_page_leads_the_token_elsewhere()
    {
        await using var service = await FakeOnCallService.StartAsync();
        await using var elsewhere = await FakeOnCallService.StartAsync();
        elsewhere.Answers = _ => (200, """{"onCall":["eve@example.com"]}""");

        service.Answers = _ => (302, elsewhere.Url.AbsoluteUri);
        var redirected = await ReadAsync("http", service.Url.AbsoluteUri);
        service.Answers = _ => (200, $$"""{"onCall":["ana@example.com"],"next":"{{elsewhere.Url}}"}""");
        var continued = await ReadAsync("http", service.Url.AbsoluteUri);

        Assert.Equal("127.0.0.1 answered 302", Why(redirected));
        Assert.Equal("127.0.0.1 continues at another address", Why(continued));
        Assert.Empty(elsewhere.Asked);
    }

    [Theory]
    [InlineData("pagerduty", 200, """{"oncalls":"none"}""", "PagerDuty answered what I cannot read")]
    [InlineData("pagerduty", 200, """{"oncalls":[{"schedule":{"id":"S"},"user":{"id":"U1","type":"user_reference"}}]}""", "PagerDuty named somebody without an e-mail address")]
    [InlineData("pagerduty", 401, "{}", "PagerDuty answered 401")]
    [InlineData("pagerduty", 200, "<html>", "PagerDuty answered what is no JSON")]
    [InlineData("opsgenie", 200, """{"data":{}}""", "Opsgenie answered what I cannot read")]
    [InlineData("opsgenie", 503, "", "Opsgenie answered 503")]
    [InlineData("opsgenie", 200, """[1]""", "Opsgenie answered what I cannot read")]
    [InlineData("http", 200, """["ana@example.com"]""", "127.0.0.1 answered what I cannot read")]
    [InlineData("http", 200, """{"onCall":["ana"]}""", "127.0.0.1 named somebody without an e-mail address")]
    [InlineData("http", 200, """{"onCall":[null]}""", "127.0.0.1 named somebody without an e-mail address")]
    public async Task What_is_amiss_is_unknown_with_its_reason_and_no_secret(string kind, int status, string body, string why)
    {
        await using var service = await FakeOnCallService.StartAsync();
        service.Answers = _ => (status, body);

        var answer = await ReadAsync(kind, kind == "http" ? service.Url.AbsoluteUri : "S", service.Url.AbsoluteUri);

        Assert.Equal(why, Why(answer));
    }

    [Fact]
    public async Task A_service_that_never_ends_or_never_answers_is_unknown()
    {
        await using var service = await FakeOnCallService.StartAsync();
        service.Answers = _ => (200, """{"onCall":[],"next":"?again"}""");
        Assert.Equal("127.0.0.1 answered without end", Why(await ReadAsync("http", service.Url.AbsoluteUri)));

        service.Answers = _ => (-1, "");
        var clock = new ManualClock();
        var asking = ReadAsync("http", service.Url.AbsoluteUri, clock: clock);
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(asking.IsCompleted);
        });
        Assert.Equal("127.0.0.1 did not answer", Why(await asking));
    }

    private static async Task<OnCallAnswer> ReadAsync(string kind, string id, string? api = null, TimeProvider? clock = null)
    {
#pragma warning disable RS0030 // The servers of these tests answer in real time.
        using var http = new OnCallHttp(clock ?? TimeProvider.System);
#pragma warning restore RS0030
        IOnCallSource source = kind switch { "pagerduty" => new PagerDutySource(http), "opsgenie" => new OpsgenieSource(http), _ => new HttpSource(http) };
        Assert.Equal(kind, source.Kind);
        try
        {
            return await source.ReadAsync(new OnCallSchedule(kind, id, "", api), new Secret(Token), CancellationToken.None);
        }
        catch (OnCallUnknownException e)
        {
            return new OnCallAnswer.Unknown(e.Message);
        }
    }

    private static string Entry(string schedule, string email, int level) =>
        $$"""{"escalation_policy":{"id":"PE"},"escalation_level":{{level}},"schedule":{"id":"{{schedule}}","type":"schedule_reference"},"user":{"id":"PU","type":"user","email":"{{email}}"},"start":null,"end":null}""";

    private static IEnumerable<string> Emails(OnCallAnswer answer) => Assert.IsType<OnCallAnswer.Known>(answer).Emails.Order(StringComparer.Ordinal);

    private static string Why(OnCallAnswer answer) => Assert.IsType<OnCallAnswer.Unknown>(answer).Why;
}
