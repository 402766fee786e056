using System.Collections.Concurrent;
using JitBroker.Issuing;

namespace JitBroker.Tests.Loop;

/// <summary>A <see cref="ScriptedIssuer"/> whose target keeps an end of its own that can be moved.</summary>
public sealed class ProlongingIssuer : ScriptedIssuer, IProlongs
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _ends = new(StringComparer.Ordinal);
    private int _prolongs;

    /// <summary>How often it was asked to.</summary>
    public int Prolongs => _prolongs;

    /// <summary>Runs before the end moves; may throw, wait or answer in its place.</summary>
    public Func<RevocationHandle, CancellationToken, Task<ProlongOutcome?>> BeforeProlong { get; set; } = static (_, _) => Task.FromResult<ProlongOutcome?>(null);

    /// <summary>The ends that were moved, by name at the target.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Prolonged => _ends;

    public async Task<ProlongOutcome> ProlongAsync(RevocationHandle handle, DateTimeOffset until, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _prolongs);
        if (await BeforeProlong(handle, cancellationToken) is { } instead)
            return instead;
        var name = (string)handle.Data["name"]!;
        if (!Standing.Contains(name))
            return new ProlongOutcome.Gone("It is not there.");
        _ends[name] = until;
        return new ProlongOutcome.Prolonged(until);
    }
}
