using System.Diagnostics.CodeAnalysis;
using JitBroker.Storage;

namespace JitBroker.Benchmarks;

/// <summary>The clock as a host makes it.</summary>
internal static class HostClock
{
    [SuppressMessage("ApiDesign", "RS0030", Justification = "The one place that hands the host's clock to the broker's.")]
    public static BrokerClock New() => new(TimeProvider.System);
}
