[assembly: AssemblyFixture(typeof(JitBroker.Tests.Storage.ServersOfTheRun))]

namespace JitBroker.Tests.Storage;

/// <summary>Stops what the run started, after its last test.</summary>
public sealed class ServersOfTheRun : IDisposable
{
    public void Dispose()
    {
        PostgresServer.StopAll();
        MotoServer.Stop();
        Issuing.RabbitMqServer.StopAll();
        Kafka.KafkaServer.StopAll();
    }
}
