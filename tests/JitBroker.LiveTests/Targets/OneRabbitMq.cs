using JitBroker.Tests.Issuing;

namespace JitBroker.LiveTests.Targets;

/// <summary>One RabbitMQ for the tests of a class, stopped after the last of them.</summary>
public sealed class OneRabbitMq : IAsyncLifetime
{
    /// <summary>Null where it is not installed.</summary>
    public RabbitMqServer? Server { get; private set; }

    public async ValueTask InitializeAsync() => Server = await RabbitMqServer.NewAsync();

    public ValueTask DisposeAsync()
    {
        Server?.Dispose();
        return ValueTask.CompletedTask;
    }
}
