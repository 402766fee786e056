using JitBroker.Leases;
using JitBroker.Server.Http;

namespace JitBroker.Server.Hosting;

/// <summary>What of a host is not the operator's to say: tests and the demo set it.</summary>
public sealed record BrokerHostOptions
{
    /// <summary>Where to listen; empty: the port of <c>Broker:PublicUrl</c> on loopback. Port 0 takes a free one.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [];

    /// <summary>The only source of now. Null: the database's time (<see cref="Storage.BrokerClock"/>).</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>False: nothing moves by itself; the caller rings the sweeps.</summary>
    public bool Scheduling { get; init; } = true;

    public CallRates Rates { get; init; } = new();

    public MintOptions Mint { get; init; } = MintOptions.Default;

    /// <summary>Where <c>Logging</c> is read from; null: warnings and up of the framework, information and up of ours.</summary>
    public IConfiguration? Configuration { get; init; }

    /// <summary>Logging beside the console, or instead of it after <c>ClearProviders</c>.</summary>
    public Action<ILoggingBuilder>? ConfigureLogging { get; init; }

    /// <summary>The last word on the services.</summary>
    public Action<IServiceCollection>? ConfigureServices { get; init; }

    /// <summary>How long the start waits for a database that does not answer.</summary>
    public TimeSpan DatabaseWait { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>The broker cannot start, and the operator can do something about it. Each problem is a sentence; no stack trace is ever shown for it.</summary>
public sealed class StartException(IReadOnlyList<string> problems, Exception? inner = null) : Exception(string.Join('\n', problems), inner)
{
    public StartException(string problem, Exception? inner = null)
        : this([problem], inner)
    {
    }

    public IReadOnlyList<string> Problems => problems;
}
