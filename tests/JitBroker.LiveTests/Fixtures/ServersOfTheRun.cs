using JitBroker.Tests.Storage;

[assembly: AssemblyFixture(typeof(JitBroker.LiveTests.Fixtures.ServersOfTheRun))]

namespace JitBroker.LiveTests.Fixtures;

/// <summary>Stops what the run started, after its last test: xunit gives a process ten seconds to exit.</summary>
public sealed class ServersOfTheRun : IDisposable
{
    public void Dispose() => PostgresServer.StopAll();
}
