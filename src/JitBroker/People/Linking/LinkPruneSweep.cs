using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>Removes linkings that were answered, or that nobody can answer any more. What came of them is in the audit.</summary>
internal sealed class LinkPruneSweep(Database database, LinkStore links, TimeProvider clock) : ISweep
{
    /// <summary>How long after its code has expired: a late look still learns what came of it.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(20);

    public Sweep Sweep => Sweep.Prune;

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - KeptFor;
        return database.PruneAsync((session, limit) => links.PruneAsync(session, before, limit, cancellationToken), cancellationToken);
    }
}
