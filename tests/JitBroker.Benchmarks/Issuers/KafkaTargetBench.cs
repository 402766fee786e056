using JitBroker.Issuers.Jwt;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Tests.Kafka;

namespace JitBroker.Benchmarks.Issuers;

/// <summary>SCRAM users of the Kafka that <c>KAFKA_HOME</c> names. Tokens are made without asking anybody; their rights are part of what is measured here.</summary>
internal sealed class KafkaTargetBench : IBenchedTarget
{
    public string Name => "Kafka";

    public async Task<BenchedIssuer?> StartAsync(CancellationToken cancellationToken)
    {
        if (KafkaServer.Home is null)
            return null;
        var server = await KafkaServer.StartAsync(null);
        var clock = HostClock.New();
        var target = new KafkaTarget((string reference, out string problem) => (problem = "") + (reference == "${env:KP}" ? KafkaServer.AdminPassword : reference), new BrokerConnections(clock), clock);
        // Users need no keys.
        var issuer = new KafkaIssuer(target, new KafkaToken(null!, new JwtOptions("http://127.0.0.1:8080", "keys"), clock), clock);
        return new BenchedIssuer(
            issuer,
            $$"""{"bootstrap":["127.0.0.1:{{server.Port}}"],"tls":false,"mechanism":"SCRAM-SHA-512","user":"{{KafkaServer.Admin}}","password":"${env:KP}","mode":"scram"}""",
            """{"topics":[{"name":"orders","operations":["read"],"pattern":"literal"}],"groups":[]}""");
    }
}
