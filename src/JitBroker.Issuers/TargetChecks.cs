using JitBroker.Issuers.Aws;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Postgres;
using JitBroker.Issuing;

namespace JitBroker.Issuers;

/// <summary>The checks of targets that this build has, for a command that runs without a host.</summary>
public static class TargetChecks
{
    public static IReadOnlyList<IChecksTarget> All(SecretLookup secrets, TimeProvider clock) =>
        [
            new CheckServer(secrets, clock),
            new CheckAccount(new AwsNet(), secrets, clock),
            new RabbitMq.CheckServer(secrets, clock),
            new CheckCluster(new KafkaTarget(secrets, new BrokerConnections(clock), clock)),
        ];
}
