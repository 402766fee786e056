using System.Net;
using System.Text.Json;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;
using Npgsql;

namespace JitBroker.LiveTests.Replicas;

/// <summary>Design §9: public keys live in the database and are served by all; a replica signs with its own only when every verifier has had time to see it.</summary>
public sealed class KeysTests
{
    [Fact]
    public async Task Both_replicas_serve_the_keys_of_both_a_newcomer_signs_only_with_a_ripe_one_and_those_of_the_dead_stay_good()
    {
        await using var replicas = await TwoReplicas.FirstOnlyAsync();
        var session = await replicas.Workspace.As("U0ANA").TokenAsync(replicas.First.Url);
        using var ana = new BrokerClient(replicas.First.Url, session);
        var signed = await TokenAsync(ana);
        await replicas.JoinWithOwnKeysAsync();
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => (await Task.WhenAll(replicas.Urls.Select(url => KeysAsync(http, url)))) is [var first, var second] && first.Count == 2 && first.SequenceEqual(second));
        using var notYet = await http.GetAsync(new Uri(replicas.Second!.Url, "readyz"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notYet.StatusCode);
        Assert.Contains("is new and signs from", await notYet.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Five minutes later, as far as anybody can tell.
        await ExecuteAsync(replicas.Database, "update signing_keys set signs_from = created_at - interval '1 hour'");
        await replicas.First.KillAsync();
        await Eventually.TrueAsync(async () => (await KeysAsync(http, replicas.Second.Url)).Count == 2 && (await http.GetAsync(new Uri(replicas.Second.Url, "readyz"))).IsSuccessStatusCode, "a newcomer that is ready");
        using var still = new BrokerClient(replicas.Second.Url, session);
        var own = await TokenAsync(still);

        var served = await KeysAsync(http, replicas.Second.Url);
        Assert.NotEqual(KeyOf(signed), KeyOf(own));
        Assert.Equal(served, new[] { KeyOf(signed), KeyOf(own) }.Order(StringComparer.Ordinal));
    }

    private static async Task<string> TokenAsync(BrokerClient who)
    {
        var grant = (await who.SubmitAsync(new SubmitBody { Entitlement = LiveCatalog.Quick, Duration = "5m" }, null, CancellationToken.None)).Value.Grant!.Id;
        return (await who.CollectAsync(grant, CancellationToken.None)).Value.Credential.GetProperty("token").GetString()!;
    }

    private static string KeyOf(string token)
    {
        var head = token.Split('.')[0].Replace('-', '+').Replace('_', '/');
        using var json = JsonDocument.Parse(Convert.FromBase64String(head.PadRight((head.Length + 3) / 4 * 4, '=')));
        return json.RootElement.GetProperty("kid").GetString()!;
    }

    /// <summary>The RS256 keys that this replica tells verifiers, in order; none while it does not answer.</summary>
    private static async Task<IReadOnlyList<string>> KeysAsync(HttpClient http, Uri broker)
    {
        try
        {
            using var keys = JsonDocument.Parse(await http.GetStringAsync(new Uri(broker, ".well-known/jwks.json")));
            return [.. keys.RootElement.GetProperty("keys").EnumerateArray().Where(k => k.GetProperty("alg").GetString() == "RS256").Select(k => k.GetProperty("kid").GetString()!).Order(StringComparer.Ordinal)];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
