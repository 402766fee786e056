using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>RFC 7662 over our tokens, and the tokens that must not get a yes (attack I6).</summary>
public sealed class TokenIntrospectionTests : IAsyncLifetime
{
    private JwtBench _bench = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await JwtBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task A_live_token_is_told_in_full(string algorithm)
    {
        var order = _bench.Order(algorithm);
        var token = await _bench.MintAsync(order);

        var answer = await AskAsync(token);

        var now = order.Now.ToUnixTimeSeconds();
        var lease = order.LeaseId.ToLowerInvariant();
        var expected = new JsonObject
        {
            ["active"] = true,
            ["scope"] = "read list",
            ["username"] = "ana@example.com",
            ["token_type"] = "Bearer",
            ["exp"] = now + 900,
            ["iat"] = now,
            ["nbf"] = now,
            ["sub"] = $"jit:tokens-{algorithm}:payments-logs:read:{lease}",
            ["aud"] = JwtBench.Audience,
            ["iss"] = JwtBench.PublicUrl,
            ["jti"] = lease,
            ["jit_grant"] = order.GrantId,
        };
        Assert.True(JsonNode.DeepEquals(expected, answer), answer.ToJsonString());
    }

    [Fact]
    public async Task An_ended_lease_is_told_as_inactive_and_nothing_more()
    {
        var order = _bench.Order();
        var token = await _bench.MintAsync(order);
        _bench.Standings.End(order);

        Assert.Equal("""{"active":false}""", (await AskAsync(token)).ToJsonString());
    }

    [Fact]
    public async Task An_expired_or_not_yet_valid_token_is_inactive()
    {
        var token = await _bench.MintAsync(_bench.Order());
        var start = _bench.Clock.GetUtcNow();

        _bench.Clock.MoveTo(start - TimeSpan.FromMinutes(1));
        await AssertInactiveAsync(token);
        _bench.Clock.MoveTo(new DateTimeOffset(2026, 11, 22, 10, 15, 0, TimeSpan.Zero));
        await AssertInactiveAsync(token);
        _bench.Clock.MoveTo(new DateTimeOffset(2026, 11, 22, 10, 14, 59, TimeSpan.Zero));
        Assert.True((await AskAsync(token))["active"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_token_is_inactive_from_the_grants_end_on_even_if_the_row_was_not_moved_yet()
    {
        var order = _bench.Order();
        var token = await _bench.MintAsync(order);
        _bench.Standings.Activate(order with { EndsAt = _bench.Clock.GetUtcNow() });

        await AssertInactiveAsync(token);
    }

    [Fact]
    public async Task A_lease_that_is_unknown_or_of_another_grant_or_entitlement_is_inactive()
    {
        var order = _bench.Order();
        var token = await _bench.MintAsync(order);
        _bench.Standings.Activate(order with { GrantId = _bench.Order().GrantId });
        await AssertInactiveAsync(token);
        _bench.Standings.Activate(order with { Entitlement = "other:read" });
        await AssertInactiveAsync(token);

        var unknown = _bench.Issuer();
        var never = _bench.Order();
        var minted = Assert.IsType<MintOutcome.Minted>(await unknown.MintAsync(never, unknown.Plan(never), Token));
        await AssertInactiveAsync(JwtBench.TokenOf(minted.Credential));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bG9ncw==")]
    [InlineData("Bearer abc")]
    public async Task A_caller_without_credentials_is_not_answered(string? authorization) =>
        Assert.IsType<IntrospectionOutcome.Unauthenticated>(await _bench.Introspection.AnswerAsync(authorization, "x", Token));

    [Theory]
    [InlineData("logs", "wrong")]
    [InlineData("logs", "")]
    [InlineData("other", JwtBench.CallerSecret)]
    [InlineData("unset", "")]
    [InlineData("unset", "${env:NOT_SET}")]
    [InlineData("logs", "${env:LOGS_SECRET}")]
    public async Task A_caller_with_a_wrong_secret_is_not_answered(string client, string secret) =>
        Assert.IsType<IntrospectionOutcome.Unauthenticated>(await _bench.Introspection.AnswerAsync(JwtBench.BasicOf(client, secret), "x", Token));

    [Fact]
    public async Task A_caller_that_sends_its_secret_unencoded_as_most_tools_do_is_answered()
    {
        var raw = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"logs:{JwtBench.CallerSecret}"));

        Assert.IsType<IntrospectionOutcome.Answer>(await _bench.Introspection.AnswerAsync(raw, "x", Token));
    }

    [Fact]
    public async Task A_caller_learns_nothing_of_tokens_of_an_issuer_that_does_not_name_it()
    {
        var token = await _bench.MintAsync(_bench.Order());

        var outcome = await _bench.Introspection.AnswerAsync(JwtBench.BasicOf("other", "other"), token, Token);

        Assert.Equal("""{"active":false}""", Assert.IsType<IntrospectionOutcome.Answer>(outcome).Body.ToJsonString());
    }

    [Fact]
    public async Task A_caller_that_the_catalog_no_longer_names_is_not_answered()
    {
        var token = await _bench.MintAsync(_bench.Order());
        _bench.Catalog.Replace(JwtBench.CatalogWith("{}", "{}"));

        Assert.IsType<IntrospectionOutcome.Unauthenticated>(await _bench.Introspection.AnswerAsync(JwtBench.Basic, token, Token));
    }

    [Fact]
    public async Task Tokens_that_claim_another_algorithm_are_inactive()
    {
        var token = await _bench.MintAsync(_bench.Order());
        var keyId = RawJwt.Header(token)["kid"]!.GetValue<string>();
        var body = token.Split('.')[1];
        var publicKey = (await _bench.Discovery.JwksAsync(Token))!["keys"]!.AsArray().Single(k => k!["kid"]!.GetValue<string>() == keyId)!.ToJsonString();

        foreach (var none in (string[])["none", "None", "NONE", "nOnE"])
            await AssertInactiveAsync($"{RawJwt.Encode($$"""{"alg":"{{none}}","kid":"{{keyId}}","typ":"JWT"}""")}.{body}.");
        foreach (var secret in (string[])[publicKey, keyId, "", Pem(publicKey)])
        {
            var signed = $"{RawJwt.Encode($$"""{"alg":"HS256","kid":"{{keyId}}","typ":"JWT"}""")}.{body}";
            await AssertInactiveAsync($"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}");
        }

        foreach (var other in (string[])["RS384", "PS256", "ES256", "EdDSA", "rs256"])
            await AssertInactiveAsync($"{RawJwt.Encode($$"""{"alg":"{{other}}","kid":"{{keyId}}","typ":"JWT"}""")}.{body}.{token.Split('.')[2]}");
    }

    [Fact]
    public async Task Tokens_signed_by_somebody_else_are_inactive_wherever_they_say_the_key_is()
    {
        var token = await _bench.MintAsync(_bench.Order());
        var keyId = RawJwt.Header(token)["kid"]!.GetValue<string>();
        using var mine = RSA.Create(2048);
        var jwk = Jwk.Of(mine);
        string[] headers =
        [
            $$"""{"alg":"RS256","kid":"{{keyId}}","typ":"JWT"}""",
            $$"""{"alg":"RS256","kid":"{{jwk.KeyId}}","typ":"JWT"}""",
            $$"""{"alg":"RS256","kid":"{{keyId}}","typ":"JWT","jwk":{{jwk.ToJson().ToJsonString()}}}""",
            $$"""{"alg":"RS256","kid":"{{keyId}}","typ":"JWT","jku":"https://attacker.example/jwks.json"}""",
            """{"alg":"RS256","typ":"JWT"}""",
        ];
        foreach (var header in headers)
        {
            var signed = $"{RawJwt.Encode(header)}.{token.Split('.')[1]}";
            var signature = mine.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            await AssertInactiveAsync($"{signed}.{Base64Url.EncodeToString(signature)}");
        }
    }

    [Fact]
    public async Task What_our_key_signed_for_another_purpose_is_no_token()
    {
        var order = _bench.Order();
        var token = await _bench.MintAsync(order);
        Assert.True(_bench.Keys.TrySigner("RS256", _bench.Clock.GetUtcNow(), out var key, out _));
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1]));

        Assert.NotNull(await _bench.Tokens.VerifyAsync(key.Sign(payload, "JWT"), Token));
        await AssertInactiveAsync(key.Sign(payload, "checkpoint+jws"));
        await AssertInactiveAsync(key.Sign(payload.Replace(JwtBench.PublicUrl, "https://elsewhere.example", StringComparison.Ordinal), "JWT"));
        await AssertInactiveAsync(key.Sign("{}", "JWT"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("....")]
    [InlineData("e30.e30.e30")]
    [InlineData("W10.W10.W10")]
    [InlineData("bnVsbA.bnVsbA.bnVsbA")]
    [InlineData("eyJhbGciOjEsImtpZCI6W119.e30.")]
    [InlineData("\0\u202e💥.💥.💥")]
    [InlineData("jit_opaque_session_token")]
    public async Task What_is_no_token_at_all_is_inactive(string text) => await AssertInactiveAsync(text);

    [Fact]
    public async Task A_giant_token_is_inactive_and_a_missing_one_too()
    {
        await AssertInactiveAsync(new string('a', 5_000_000) + ".b.c");
        await AssertInactiveAsync(null);
    }

    [Fact]
    public async Task Each_altered_character_of_a_token_makes_it_inactive()
    {
        var token = await _bench.MintAsync(_bench.Order("ES256"));
        // The last character of a base64url part may carry bits that mean nothing, so it is left alone.
        for (var i = 0; i < token.Length - 1; i++)
            if (token[i] != '.' && token[i + 1] != '.')
                await AssertInactiveAsync(string.Concat(token.AsSpan(0, i), token[i] == 'A' ? "B" : "A", token.AsSpan(i + 1)));
    }

    [Fact]
    public async Task A_loop_over_unknown_keys_reads_the_database_once()
    {
        _bench.Clock.Advance(SigningKeys.JwksStaleness);
        await AssertInactiveAsync(WithKeyId("first"));
        await ReplaceAllKeysAsync();

        // Were the table read again for these, the known keys would be gone.
        for (var i = 0; i < 100; i++)
            await AssertInactiveAsync(WithKeyId($"unknown-{i}"));
        Assert.Null(_bench.Keys.WhyNotReady());

        _bench.Clock.Advance(SigningKeys.JwksStaleness);
        await AssertInactiveAsync(WithKeyId("one-more"));
        Assert.NotNull(_bench.Keys.WhyNotReady());
    }

    [Fact]
    public async Task A_token_of_a_replica_not_seen_before_is_found_out_about()
    {
        var second = _bench.Ring("second");
        await second.LoadAsync(Token);
        _bench.Clock.Advance(SigningKeys.JwksMaxAge + SigningKeys.JwksStaleness);
        var order = _bench.Order();
        var issuer = _bench.Issuer(second);
        var minted = Assert.IsType<MintOutcome.Minted>(await issuer.MintAsync(order, issuer.Plan(order), Token));
        _bench.Standings.Activate(order);

        Assert.True((await AskAsync(JwtBench.TokenOf(minted.Credential)))["active"]!.GetValue<bool>());
    }

    private Task ReplaceAllKeysAsync() =>
        _bench.Database.WriteAsync(s => s.ExecuteAsync("update signing_keys set retired_at = @now", new { now = _bench.Clock.GetUtcNow() }, Token), Token);

    private static string WithKeyId(string keyId) => $"{RawJwt.Encode($$"""{"alg":"RS256","kid":"{{keyId}}","typ":"JWT"}""")}.{RawJwt.Encode("{}")}.AAAA";

    private static string Pem(string jwk)
    {
        var json = JsonNode.Parse(jwk)!;
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = Base64Url.DecodeFromChars(json["n"]!.GetValue<string>()),
            Exponent = Base64Url.DecodeFromChars(json["e"]!.GetValue<string>()),
        });
        return rsa.ExportSubjectPublicKeyInfoPem();
    }

    private async Task<JsonObject> AskAsync(string? token) =>
        Assert.IsType<IntrospectionOutcome.Answer>(await _bench.Introspection.AnswerAsync(JwtBench.Basic, token, Token)).Body;

    private async Task AssertInactiveAsync(string? token) => Assert.Equal("""{"active":false}""", (await AskAsync(token)).ToJsonString());
}
