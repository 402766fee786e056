using System.Globalization;
using System.Text.Json;
using JitBroker.Client;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuing;
using JitBroker.LiveTests.Fixtures;
using JitBroker.Server.Hosting;
using JitBroker.Tests.Kafka;

namespace JitBroker.LiveTests.Targets;

/// <summary>A real Kafka behind a real broker, driven from chat; its own consumer is the holder.</summary>
public sealed class KafkaTests : IDisposable
{
    private const string Topic = "orders";

    private readonly BrokerFolder _folder = BrokerFolder.Empty();

    [Fact]
    public async Task A_live_consumer_gets_records_until_its_holder_is_done_and_none_after()
    {
        Assert.SkipWhen(KafkaServer.Home is null, KafkaServer.Absence);
        var server = await KafkaServer.StartAsync(null, Ports.Take(2));
        await using var access = await LiveAccess.StartAsync(Target(server.Port, "scram"));
        await ProduceAsync(server.Port, "while she may");
        var grant = await access.GrantAsync("INC-71");
        var credential = await access.CollectAsync(grant);
        var login = Write("ana.properties", CredentialForms.Write(Envelope(credential), CredentialForms.Properties)!);
        await using var consumer = Consume(server.Port, login, credential.GetProperty("username").GetString()!);
        await consumer.SaysAsync("while she may");

        await access.DoneAsync(grant);

        await ProduceAsync(server.Port, "after she was done");
        // It leaves by itself when it is denied.
        await consumer.ExitAsync();
        Assert.Contains("Not authorized to access", consumer.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("after she was done", consumer.Output, StringComparison.Ordinal);
        await using var again = Consume(server.Port, login, credential.GetProperty("username").GetString()!);
        await again.ExitAsync();
        Assert.Contains("Authentication failed", again.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain(credential.GetProperty("password").GetString()!, access.Broker.Log, StringComparison.Ordinal);
    }

    /// <summary>Kafka does not start while the keys are not served: the broker is up before it.</summary>
    [Fact]
    public async Task A_consumer_with_a_token_gets_records_until_its_holder_is_done_and_none_after()
    {
        Assert.SkipWhen(KafkaServer.Home is null, KafkaServer.Absence);
        var port = Ports.Take(2);
        await using var access = await LiveAccess.StartAsync(Target(port, "jwt"));
        var server = await KafkaServer.StartAsync((new Uri(access.Broker.Url, ".well-known/jwks.json"), access.Broker.Url.AbsoluteUri.TrimEnd('/'), "target"), port);
        await ProduceAsync(server.Port, "while she may");
        var grant = await access.GrantAsync("INC-72");
        var credential = await access.CollectAsync(grant);
        var token = new Uri(Write("token", credential.GetProperty("token").GetString()!)).AbsoluteUri;
        await using var consumer = Consume(server.Port, Write("ana.properties", WithToken(token)), credential.GetProperty("username").GetString()!, token);
        await consumer.SaysAsync("while she may");

        await access.DoneAsync(grant);

        await ProduceAsync(server.Port, "after she was done");
        // It leaves by itself when it is denied.
        await consumer.ExitAsync();
        Assert.Contains("Not authorized to access", consumer.Everything, StringComparison.Ordinal);
        Assert.DoesNotContain("after she was done", consumer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_between_mint_and_record_the_user_is_removed_after_a_restart()
    {
        Assert.SkipWhen(KafkaServer.Home is null, KafkaServer.Absence);
        var server = await KafkaServer.StartAsync(null, Ports.Take(2));
        await using var access = await LiveAccess.StartAsync(Target(server.Port, "scram"), crashPoints: true);
        var grant = await access.GrantAsync("INC-73");
        access.DieAt("after mint at kafka");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => access.CollectAsync(grant));
        Assert.Equal(["ACLs of a user", "SCRAM user"], (await StandingAsync(server.Port)).Order(StringComparer.Ordinal));

        await access.Broker.StartAsync();

        await Eventually.TrueAsync(async () => (await StandingAsync(server.Port)).Count == 0);
        await access.DoneAsync(grant);
    }

    public void Dispose()
    {
        KafkaServer.StopAll();
        _folder.Dispose();
    }

    private static LiveTarget Target(int port, string mode) => new(
        string.Create(CultureInfo.InvariantCulture, $$"""{ kind: kafka, bootstrap: ["127.0.0.1:{{port}}"], tls: false, user: {{KafkaServer.Admin}}, password: "${env:LIVE_KAFKA}", mode: {{mode}} }"""),
        $$"""{ topics: [ { name: {{Topic}}, operations: [read] } ] }""",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["LIVE_KAFKA"] = KafkaServer.AdminPassword });

    /// <summary>What stands at Kafka under our names.</summary>
    private static async Task<List<string>> StandingAsync(int port)
    {
        var clock = BrokerHost.NewClock();
        await using var connections = new BrokerConnections(clock);
        var users = new ListUsers(new KafkaTarget((string reference, out string problem) => (problem = "") + (reference == "${env:LIVE_KAFKA}" ? KafkaServer.AdminPassword : reference), connections, clock));
        var settings = $$"""{"bootstrap":["{{Server(port)}}"],"tls":false,"user":"{{KafkaServer.Admin}}","password":"${env:LIVE_KAFKA}"}""";
        return [.. Assert.IsType<TargetListing.Listed>(await users.ListAsync(new TargetToCheck("target", settings, []), CancellationToken.None)).Objects.Select(o => o.What)];
    }

    private async Task ProduceAsync(int port, string text)
    {
        var admin = Write("admin.properties", KafkaServer.AdminProperties);
        await using var producer = RunningProgram.Start(
            "sh", ["-c", "echo \"$1\" | \"$2\" produce --bootstrap-server \"$3\" --command-config \"$4\" --topic orders", "sh", text, Path.Combine(KafkaServer.Home!, "tool"), Server(port), admin], _folder.FolderPath);
        Assert.True(await producer.ExitAsync() == 0, producer.Everything);
    }

    private RunningProgram Consume(int port, string properties, string group, string? token = null) => RunningProgram.Start(
        Path.Combine(KafkaServer.Home!, "tool"),
        ["consume", "--bootstrap-server", Server(port), "--command-config", properties, "--topic", Topic, "--group", group, "--from-beginning"],
        _folder.FolderPath,
        token is null ? null : new Dictionary<string, string?>(StringComparer.Ordinal) { ["JVM_OPTIONS"] = "-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=" + token });

    private static string WithToken(string token) => $"""
        security.protocol=SASL_PLAINTEXT
        sasl.mechanism=OAUTHBEARER
        sasl.login.callback.handler.class=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginCallbackHandler
        sasl.oauthbearer.jwt.retriever.class=org.apache.kafka.common.security.oauthbearer.FileJwtRetriever
        sasl.oauthbearer.token.endpoint.url={token}
        sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;
        """;

    private string Write(string name, string text)
    {
        _folder.Write(name, text);
        return Path.Combine(_folder.FolderPath, name);
    }

    private static string Server(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");

    private static CredentialEnvelope Envelope(JsonElement credential) =>
        new() { Lease = "", Grant = "", Kind = CredentialKinds.Kafka, ExpiresAt = DateTimeOffset.UnixEpoch, Credential = credential };
}
