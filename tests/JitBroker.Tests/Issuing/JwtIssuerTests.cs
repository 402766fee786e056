using System.Text.Json.Nodes;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>What stands in a token, and what the <c>jwt</c> issuer says no to.</summary>
public sealed class JwtIssuerTests : IAsyncLifetime
{
    private JwtBench _bench = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await JwtBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_token_says_who_may_do_what_where_and_until_when(string algorithm)
    {
        var order = _bench.Order(algorithm);

        var token = await _bench.MintAsync(order);

        var jwks = (await _bench.Discovery.JwksAsync(Token))!.ToJsonString();
        Assert.True(RawJwt.HasValidSignature(token, jwks));
        var header = RawJwt.Header(token);
        Assert.Equal((algorithm, "JWT"), (header["alg"]!.GetValue<string>(), header["typ"]!.GetValue<string>()));
        var now = order.Now.ToUnixTimeSeconds();
        var lease = order.LeaseId.ToLowerInvariant();
        var expected = new JsonObject
        {
            ["iss"] = JwtBench.PublicUrl,
            ["aud"] = JwtBench.Audience,
            ["sub"] = $"jit:tokens-{algorithm}:payments-logs:read:{lease}",
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 900,
            ["jti"] = lease,
            ["email"] = "ana@example.com",
            ["name"] = "Ana",
            ["jit_grant"] = order.GrantId,
            ["scope"] = "read list",
            ["team"] = "payments",
        };
        Assert.True(JsonNode.DeepEquals(expected, RawJwt.Payload(token)), RawJwt.Payload(token).ToJsonString());
    }

    [Theory]
    [InlineData(20, 900)]
    [InlineData(15, 900)]
    [InlineData(5, 300)]
    public async Task A_token_expires_with_its_lifetime_or_the_grant_whichever_is_first(int grantMinutes, int expectedSeconds)
    {
        var order = _bench.Order() with { EndsAt = _bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(grantMinutes) };

        var payload = RawJwt.Payload(await _bench.MintAsync(order));

        Assert.Equal(order.Now.ToUnixTimeSeconds() + expectedSeconds, payload["exp"]!.GetValue<long>());
    }

    [Fact]
    public async Task A_grant_that_ends_within_the_second_gets_no_token()
    {
        var order = _bench.Order() with { EndsAt = _bench.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(700) };

        Assert.IsType<MintOutcome.Refused>(await MintAsync(order));
    }

    [Theory]
    [InlineData("""{"audience":"a","claims":{"sub":"root"}}""", "claims.sub")]
    [InlineData("""{"audience":"a","claims":{"EMAIL":"root@example.com"}}""", "claims.EMAIL")]
    [InlineData("""{"audience":"a","claims":{"JIT_lease":"x"}}""", "claims.JIT_lease")]
    [InlineData("""{"audience":"a","claims":[]}""", "claims")]
    [InlineData("""{"audience":"a","scope":["read admin"]}""", "scope")]
    [InlineData("""{"audience":"a","scope":["read\u202e"]}""", "scope")]
    [InlineData("""{"audience":"a","scope":"read"}""", "scope")]
    [InlineData("""{"audience":"a","scope":[""]}""", "scope")]
    [InlineData("""{"audience":"https://jit.example"}""", "own address")]
    [InlineData("""{"audience":"HTTPS://JIT.example/"}""", "own address")]
    [InlineData("""{"audience":["a","b"]}""", "audience")]
    [InlineData("""{"scope":["read"]}""", "audience")]
    [InlineData("""{"audience":"a","verify":"never"}""", "verify")]
    [InlineData("""{"audience":"a","skew":"-5m"}""", "skew")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not JSON")]
    public async Task Hostile_or_broken_grants_get_a_refusal_that_names_the_place(string grants, string expected)
    {
        var order = _bench.Order() with { Grants = grants };

        var refused = Assert.IsType<MintOutcome.Refused>(await MintAsync(order));

        Assert.Contains(expected, refused.Why, StringComparison.Ordinal);
        Assert.Contains(expected, _bench.Issuer().RevocabilityOf(order).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"alg":"HS256"}""")]
    [InlineData("""{"alg":"none"}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"tokenLifetime":"0s"}""")]
    [InlineData("""{"tokenLifetime":15}""")]
    public async Task Settings_that_are_not_understood_get_a_refusal(string settings) =>
        Assert.IsType<MintOutcome.Refused>(await MintAsync(_bench.Order() with { Settings = settings }));

    [Fact]
    public async Task Hostile_text_stays_a_value_and_becomes_no_claim()
    {
        var order = _bench.Order() with { Holder = "ana@example.com\",\"admin\":true,\"x\":\"", HolderName = "\u202eAna\0\n\"" };

        var payload = RawJwt.Payload(await _bench.MintAsync(order));

        Assert.Equal((order.Holder, order.HolderName), (payload["email"]!.GetValue<string>(), payload["name"]!.GetValue<string>()));
        Assert.False(payload.ContainsKey("admin"));
    }

    [Fact]
    public async Task Without_settings_a_token_is_RS256_lives_15_minutes_and_verifiers_are_given_30_seconds()
    {
        var order = _bench.Order() with { Settings = "{}", Grants = """{"audience":"a"}""" };

        var plan = _bench.Issuer().Plan(order);
        var token = await _bench.MintAsync(order);

        Assert.Equal((EarlyEnd.AtExpiry, TimeSpan.FromSeconds(30)), (plan.Handle.EarlyEnd, plan.Handle.Within));
        Assert.Equal("RS256", RawJwt.Header(token)["alg"]!.GetValue<string>());
        Assert.Equal(900, RawJwt.Payload(token)["exp"]!.GetValue<long>() - RawJwt.Payload(token)["iat"]!.GetValue<long>());
        Assert.False(RawJwt.Payload(token).ContainsKey("scope"));
    }

    [Fact]
    public void A_verifier_that_allows_no_skew_may_be_declared()
    {
        var order = _bench.Order() with { Grants = """{"audience":"a","skew":"PT0S"}""" };

        Assert.Equal((EarlyEnd.AtExpiry, TimeSpan.Zero), (_bench.Issuer().RevocabilityOf(order).EarlyEnd, _bench.Issuer().RevocabilityOf(order).Within));
    }

    [Fact]
    public void Introspection_that_nobody_may_ask_is_declared_as_what_it_is()
    {
        var order = _bench.Order(verify: "introspection") with { Settings = """{"alg":"RS256"}""" };

        Assert.Equal(EarlyEnd.AtExpiry, _bench.Issuer().RevocabilityOf(order).EarlyEnd);
    }

    [Theory]
    [InlineData("""{"introspectors":"logs"}""")]
    [InlineData("""{"introspectors":["logs"]}""")]
    [InlineData("""{"introspectors":[{"secret":"${env:S}"}]}""")]
    public async Task Introspectors_that_are_not_understood_get_a_refusal(string settings) =>
        Assert.IsType<MintOutcome.Refused>(await MintAsync(_bench.Order(verify: "introspection") with { Settings = settings }));

    [Fact]
    public async Task An_end_before_expiry_and_skew_says_until_when_the_token_is_valid()
    {
        var order = _bench.Order();
        var handle = _bench.Issuer().Plan(order).Handle;
        var lastUse = new DateTimeOffset(2026, 11, 22, 10, 16, 0, TimeSpan.Zero);

        _bench.Clock.MoveTo(lastUse - TimeSpan.FromMicroseconds(1));
        var early = Assert.IsType<EndOutcome.Failed>(await _bench.Issuer().EndAsync(handle, Token));
        _bench.Clock.MoveTo(lastUse);
        var due = await _bench.Issuer().EndAsync(handle, Token);

        Assert.Contains("still valid until 2026-11-22T10:16:00", early.Why, StringComparison.Ordinal);
        Assert.IsType<EndOutcome.Ended>(due);
    }

    [Fact]
    public async Task An_introspected_token_whose_lease_is_still_active_is_not_called_ended()
    {
        var order = _bench.Order(verify: "introspection");
        await _bench.MintAsync(order);

        Assert.IsType<EndOutcome.Failed>(await _bench.Issuer().EndAsync(_bench.Issuer().Plan(order).Handle, Token));
    }

    [Fact]
    public async Task Many_mints_at_once_all_carry_valid_signatures()
    {
        var jwks = (await _bench.Discovery.JwksAsync(Token))!.ToJsonString();

        var tokens = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => _bench.MintAsync(_bench.Order(i % 2 == 0 ? "RS256" : "ES256")), Token)));

        Assert.All(tokens, token => Assert.True(RawJwt.HasValidSignature(token, jwks)));
        Assert.Equal(200, tokens.Distinct(StringComparer.Ordinal).Count());
    }

    private Task<MintOutcome> MintAsync(IssueOrder order) => _bench.Issuer().MintAsync(order, _bench.Issuer().Plan(order), Token);
}
