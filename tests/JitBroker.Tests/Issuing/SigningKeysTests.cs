using System.Text.Json.Nodes;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>Who signs with which key from when on.</summary>
public sealed class SigningKeysTests : IAsyncLifetime
{
    private static readonly TimeSpan Ripening = SigningKeys.JwksMaxAge + SigningKeys.JwksStaleness;

    private JwtBench _bench = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await JwtBench.StartWithoutKeysAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Before_its_keys_are_loaded_a_replica_is_not_ready_and_mints_nothing()
    {
        var order = _bench.Order();
        var issuer = _bench.Issuer();

        var outcome = await issuer.MintAsync(order, issuer.Plan(order), Token);

        Assert.Contains("not loaded", Assert.IsType<MintOutcome.Unavailable>(outcome).Why, StringComparison.Ordinal);
        Assert.NotNull(_bench.Keys.WhyNotReady());
        Assert.Null(await _bench.Discovery.JwksAsync(Token));
    }

    [Fact]
    public async Task The_first_key_an_algorithm_ever_has_signs_at_once()
    {
        await LoadFirstAsync();

        Assert.Null(_bench.Keys.WhyNotReady());
        Assert.NotEmpty(await _bench.MintAsync(_bench.Order()));
    }

    [Fact]
    public async Task A_second_replica_signs_only_when_every_verifier_has_had_time_to_see_its_key()
    {
        await LoadFirstAsync();
        var second = _bench.Ring("second");
        await second.LoadAsync(Token);
        var order = _bench.Order();

        var unripe = await _bench.Issuer(second).MintAsync(order, _bench.Issuer().Plan(order), Token);
        _bench.Clock.Advance(Ripening - TimeSpan.FromMicroseconds(1));
        var stillUnripe = second.WhyNotReady();
        _bench.Clock.Advance(TimeSpan.FromMicroseconds(1));
        var later = _bench.Order();
        var ripe = await _bench.Issuer(second).MintAsync(later, _bench.Issuer().Plan(later), Token);

        Assert.Contains("signs from 2026-11-22T10:05:10", Assert.IsType<MintOutcome.Unavailable>(unripe).Why, StringComparison.Ordinal);
        Assert.NotNull(stillUnripe);
        Assert.Null(second.WhyNotReady());
        var token = JwtBench.TokenOf(Assert.IsType<MintOutcome.Minted>(ripe).Credential);
        Assert.True(RawJwt.HasValidSignature(token, await JwksAsync(_bench.Discovery)));
    }

    [Fact]
    public async Task Every_replica_serves_the_union_before_the_newcomer_signs()
    {
        await LoadFirstAsync();
        await _bench.Ring("second").LoadAsync(Token);

        _bench.Clock.Advance(SigningKeys.JwksStaleness);

        Assert.Equal(4, JsonNode.Parse(await JwksAsync(_bench.Discovery))!["keys"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_restart_signs_at_once_with_the_key_it_had()
    {
        await LoadFirstAsync();

        var restarted = _bench.Ring("keys");
        await restarted.LoadAsync(Token);

        Assert.Null(restarted.WhyNotReady());
        Assert.Equal(2, (await _bench.Store.AllAsync(Token)).Count);
    }

    [Fact]
    public async Task Of_two_ripe_keys_the_newer_signs_and_the_older_is_still_served()
    {
        await LoadFirstAsync();
        var before = RawJwt.Header(await _bench.MintAsync(_bench.Order()))["kid"]!.GetValue<string>();
        using (var key = System.Security.Cryptography.RSA.Create(2048))
            await WriteKeyAsync("RS256-2.pem", key.ExportPkcs8PrivateKeyPem());
        await _bench.Keys.LoadAsync(Token);

        var meanwhile = RawJwt.Header(await _bench.MintAsync(_bench.Order()))["kid"]!.GetValue<string>();
        _bench.Clock.Advance(Ripening);
        var after = RawJwt.Header(await _bench.MintAsync(_bench.Order()))["kid"]!.GetValue<string>();

        Assert.Equal(before, meanwhile);
        Assert.NotEqual(before, after);
        Assert.Contains(before, await JwksAsync(_bench.Discovery), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_retired_key_is_neither_served_nor_used()
    {
        await LoadFirstAsync();
        var order = _bench.Order();
        var token = await _bench.MintAsync(order);
        await _bench.Database.WriteAsync(
            s => s.ExecuteAsync("update signing_keys set retired_at = @now where alg = 'RS256'", new { now = _bench.Clock.GetUtcNow() }, Token), Token);

        _bench.Clock.Advance(SigningKeys.JwksStaleness);

        Assert.DoesNotContain("RS256", await JwksAsync(_bench.Discovery), StringComparison.Ordinal);
        Assert.Null(await _bench.Tokens.VerifyAsync(token, Token));
        Assert.NotNull(_bench.Keys.WhyNotReady());
    }

    [Fact]
    public async Task Publishing_is_an_event_and_no_private_member_is_stored()
    {
        await LoadFirstAsync();
        await _bench.Keys.LoadAsync(Token);

        var events = await _bench.Database.ReadAsync(s => s.QueryAsync<string>("select aggregate_id from events where type = 'signing_key.published' order by 1", null, Token), Token);
        var rows = await _bench.Store.AllAsync(Token);

        Assert.Equal(rows.Select(r => r.Kid).Order(StringComparer.Ordinal), events);
        string[] privateMembers = ["d", "p", "q", "dp", "dq", "qi"];
        Assert.All(rows, r => Assert.DoesNotContain(JsonNode.Parse(r.Jwk)!.AsObject(), m => privateMembers.Contains(m.Key, StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_row_that_is_not_the_key_it_claims_to_be_is_left_out()
    {
        await LoadFirstAsync();
        const string Forged = """
            insert into signing_keys (kid, alg, jwk, created_at, signs_from)
            select 'forged', alg, jwk, created_at, signs_from from signing_keys where alg = 'ES256'
            """;
        await _bench.Database.WriteAsync(s => s.ExecuteAsync(Forged, null, Token), Token);

        _bench.Clock.Advance(SigningKeys.JwksStaleness);

        Assert.DoesNotContain("forged", await JwksAsync(_bench.Discovery), StringComparison.Ordinal);
        Assert.Contains("forged", _bench.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_configuration_points_at_what_the_broker_serves()
    {
        var document = _bench.Discovery.Configuration();

        Assert.Equal(JwtBench.PublicUrl, document["issuer"]!.GetValue<string>());
        foreach (var member in (string[])["jwks_uri", "token_endpoint", "device_authorization_endpoint", "introspection_endpoint"])
            Assert.StartsWith(JwtBench.PublicUrl + "/", document[member]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["RS256", "ES256"], document["id_token_signing_alg_values_supported"]!.AsArray().Select(a => a!.GetValue<string>()));
    }

    private async Task LoadFirstAsync()
    {
        await ReadyKeys.CopyToAsync(_bench.KeysDirectory);
        await _bench.Keys.LoadAsync(Token);
    }

    private async Task WriteKeyAsync(string name, string pem)
    {
        var file = Path.Combine(_bench.KeysDirectory, name);
        File.Copy(Path.Combine(_bench.KeysDirectory, "RS256-1.pem"), file);
        await File.WriteAllTextAsync(file, pem, Token);
    }

    private static async Task<string> JwksAsync(Discovery discovery) => (await discovery.JwksAsync(Token))!.ToJsonString();
}
