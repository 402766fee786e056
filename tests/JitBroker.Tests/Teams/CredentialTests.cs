using System.Text.Json.Nodes;
using JitBroker.Bots.Teams;

namespace JitBroker.Tests.Teams;

/// <summary>Chat-wire B3: the token by which the broker speaks.</summary>
public sealed class CredentialTests
{
    [Fact]
    public async Task While_the_app_gets_no_token_everything_waits_and_nothing_dies()
    {
        var secret = "wrong";
        await using var door = await TeamsDoor.StartAsync(o => o with { ClientSecret = () => secret });
        await door.InstallAsync();
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select last_error from deliveries where last_error is not null")).Contains("the bot gets no token"));
        Assert.All(await door.QueryAsync<string>("select state from deliveries"), s => Assert.Equal("pending", s));
        Assert.Contains("invalid_client", door.Get<TeamsStanding>().Describe(), StringComparison.Ordinal);
        Assert.Empty(door.Teams.Calls);

        // A secret that was put right is used at once.
        secret = FakeFramework.Secret;
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies")).Count == 2;
        });
    }

    [Fact]
    public async Task With_a_certificate_no_secret_is_sent_and_a_new_file_is_seen_at_once()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("jitbroker-teams-").FullName, "bot.pem");
        await WriteCertificateAsync(path);
        await using var door = await TeamsDoor.StartAsync(o => o with { ClientSecret = () => "", CertificatePath = path });

        var first = await door.Get<TeamsCredentials>().TokenAsync(CancellationToken.None);
        Assert.StartsWith("our-token-", first, StringComparison.Ordinal);
        Assert.Contains("client_assertion=", door.Teams.TokenForm, StringComparison.Ordinal);
        Assert.DoesNotContain("client_secret", door.Teams.TokenForm, StringComparison.Ordinal);

        await WriteCertificateAsync(path);
        var second = await door.Get<TeamsCredentials>().TokenAsync(CancellationToken.None);
        Assert.StartsWith("our-token-", second, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        File.Delete(path);
        Assert.Null(await door.Get<TeamsCredentials>().TokenAsync(CancellationToken.None));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public async Task A_token_that_a_service_takes_for_no_good_is_replaced()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => c.Authorization == "Bearer our-token-1" ? (401, new JsonObject { ["error"] = new JsonObject { ["code"] = "BotNotRegistered" } }, null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(30));
            return (await door.QueryAsync<string>("select id from copies")).Count == 2;
        });

        Assert.InRange(door.Teams.TokensGiven, 2, 4);
    }

    private static async Task WriteCertificateAsync(string path)
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=jit", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}
