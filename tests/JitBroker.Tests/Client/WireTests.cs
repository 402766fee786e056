using System.Text.Json;
using JitBroker.Client;

namespace JitBroker.Tests.Client;

public sealed class WireTests
{
    private static readonly DateTimeOffset Ten = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_request_is_written_as_the_contract_shows_it_with_its_nulls()
    {
        var request = new RequestResource
        {
            Id = "01J", Kind = RequestKind.BreakGlass, State = RequestState.Approved, Entitlement = "orders-db:read", Bundle = null,
            Requester = new PersonResource("ana@example.com", "Ana Díaz"), Duration = TimeSpan.FromMinutes(90), Reason = "INC-42", StartsAt = null,
            CreatedAt = Ten, LapsesAt = Ten.AddHours(30), SettledAt = null, SettledBy = null, SettledBecause = null,
            Approval = [new ClauseResource("data-owners", 1, 0)],
            Decisions = [new DecisionResource { By = new PersonResource("bea@example.com", "Bea"), Verdict = Verdict.Approve, Duration = null, Comment = null, At = Ten, Surface = Surface.Slack, Counts = true }],
            Grant = new GrantReference("01K", GrantState.Active),
            History = [new HistoryResource(Ten, "request.submitted", null, null)],
        };

        const string expected = """
            {"id":"01J","kind":"break_glass","state":"approved","entitlement":"orders-db:read","bundle":null,"requester":{"email":"ana@example.com","name":"Ana Díaz"},
            "duration":"PT1H30M","reason":"INC-42","startsAt":null,"createdAt":"2026-11-22T10:00:00.000Z","lapsesAt":"2026-11-23T16:00:00.000Z","settledAt":null,"settledBy":null,"settledBecause":null,
            "approval":[{"group":"data-owners","votes":1,"have":0}],
            "decisions":[{"by":{"email":"bea@example.com","name":"Bea"},"verdict":"approve","duration":null,"comment":null,"at":"2026-11-22T10:00:00.000Z","surface":"slack","counts":true}],
            "grant":{"id":"01K","state":"active"},"history":[{"at":"2026-11-22T10:00:00.000Z","event":"request.submitted","by":null,"surface":null}]}
            """;
        Assert.Equal(expected.ReplaceLineEndings(""), JsonSerializer.Serialize(request, Wire.Strict));
    }

    [Theory]
    [InlineData("""{"entitlement":"x","reason":"y","surprise":1}""")]
    [InlineData("""{"entitlement":"x","entitlement":"y"}""")]
    [InlineData("""{"Entitlement":"x"}""")]
    [InlineData("""{"entitlement":"x","startsAt":"2026-11-22T10:00:00"}""")]
    [InlineData("""{"entitlement":"x","startsAt":"tomorrow"}""")]
    [InlineData("""{"entitlement":1}""")]
    [InlineData("""[]""")]
    public void A_submit_body_that_is_off_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<SubmitBody>(json, Wire.Strict));

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"verdict":"APPROVE"}""")]
    [InlineData("""{"verdict":null}""")]
    [InlineData("""{"verdict":0}""")]
    [InlineData("""{"verdict":"maybe"}""")]
    public void A_verdict_is_one_of_its_two_words(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DecideBody>(json, Wire.Strict));

    [Fact]
    public void A_null_where_none_may_be_is_refused_in_a_body() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ReviewBody>("""{"verdict":"misuse","comment":null}""", Wire.Strict));

    [Fact]
    public void A_body_without_what_may_be_left_out_is_taken()
    {
        var body = JsonSerializer.Deserialize<SubmitBody>("""{"entitlement":"orders-db:read","startsAt":"2026-11-22T11:00:00+01:00"}""", Wire.Strict);

        Assert.Equal(new SubmitBody { Entitlement = "orders-db:read", StartsAt = Ten }, body);
    }

    [Fact]
    public void A_reply_of_a_newer_broker_reads_on()
    {
        const string json = """{"id":"01K","state":"hibernating","new":{"deep":[1]}}""";

        Assert.Equal(new GrantReference("01K", GrantState.Unknown), JsonSerializer.Deserialize<GrantReference>(json, Wire.Tolerant));
    }

    [Fact]
    public void A_reply_without_what_may_be_null_reads_as_null()
    {
        const string json = """{"bound":"broker","earlyEnd":"at_expiry","within":"PT0.5S"}""";
        Assert.Equal(new RevocabilityResource(RevocationBound.Broker, EarlyEnd.AtExpiry, TimeSpan.FromMilliseconds(500)), JsonSerializer.Deserialize<RevocabilityResource>(json, Wire.Tolerant));

        var lease = JsonSerializer.Deserialize<LeaseResource>("""{"id":"01L","state":"minting","attempts":0}""", Wire.Tolerant);
        Assert.Null(lease!.ExpiresAt);
        Assert.Null(lease.LastError);
    }

    [Fact]
    public void The_text_of_a_secret_shows_no_secret()
    {
        var envelope = new CredentialEnvelope
        {
            Lease = "01L", Grant = "01K", Kind = "jwt", ExpiresAt = Ten, Credential = JsonSerializer.SerializeToElement(new JwtCredential("s3cret", "Bearer"), Wire.Strict),
        };
        var token = new TokenReply { AccessToken = "s3cret", TokenType = "Bearer", ExpiresIn = 1, Scope = SessionScope.Ask };
        var device = new DeviceAuthorization { DeviceCode = "s3cret", UserCode = "ABCDEFGH", VerificationUri = "x", ExpiresIn = 300, Interval = 5 };

        Assert.DoesNotContain("s3cret", $"{envelope} {envelope.Open()} {token} {device}", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_code_has_its_status()
    {
        var codes = typeof(Codes).GetFields().Select(field => (string)field.GetRawConstantValue()!).ToList();

        Assert.Equal(39, codes.Count);
        Assert.All(codes, code => Assert.InRange(Codes.StatusOf(code), 400, 503));
    }
}
