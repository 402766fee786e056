using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>
/// Gives events their place in the chain after they have been committed, so that the chain never holds a writer up. Looks for <c>seq is null</c> and never
/// for what is newer than something: an event whose transaction commits late gets a later place, and none is left out. Any number of replicas may seal at
/// once; one wins each batch, the others changed nothing.
/// </summary>
public sealed class SealEvents(Database database, ChainStore chain)
{
    /// <summary>Events per transaction: about 20 ms of SQLite's single writer.</summary>
    public const int Batch = 500;

    /// <summary>Seals all there is, batch by batch; stops when another replica is at it.</summary>
    /// <returns>How many were sealed here.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        while (await SealBatchAsync(cancellationToken) is var count and > 0)
        {
            total += count;
            if (count < Batch)
                break;
        }

        return total;
    }

    private async Task<int> SealBatchAsync(CancellationToken cancellationToken)
    {
        // The head first: if it has not moved when we do, nothing of the batch was sealed meanwhile.
        var head = await database.ReadAsync(session => chain.HeadAsync(session, cancellationToken), cancellationToken);
        var unsealed = await database.ReadAsync(session => chain.UnsealedAsync(session, Batch, cancellationToken), cancellationToken);
        if (unsealed.Count == 0)
            return 0;
        var links = Link(head, InOrder(unsealed));
        var isOurs = await database.WriteAsync(session => WriteAsync(session, head, links, cancellationToken), cancellationToken);
        return isOurs ? links.Count : 0;
    }

    private async Task<bool> WriteAsync(Session session, ChainHead head, IReadOnlyList<LinkedEvent> links, CancellationToken cancellationToken)
    {
        if (!await chain.MoveHeadAsync(session, head, new ChainHead { Seq = links[^1].Seq, Hash = links[^1].Hash }, cancellationToken))
        {
            session.Doom();
            return false;
        }

        await chain.SealAsync(session, links, cancellationToken);
        return true;
    }

    private static List<LinkedEvent> Link(ChainHead head, IReadOnlyList<AuditEvent> ordered)
    {
        var links = new List<LinkedEvent>(ordered.Count);
        var (seq, hash) = (head.Seq, head.Hash);
        foreach (var happened in ordered)
        {
            hash = Chain.HashOf(hash, EventForm.Canonical(happened, ++seq));
            links.Add(new LinkedEvent(happened.Id, seq, hash));
        }

        return links;
    }

    /// <summary>
    /// By time and id, but within an aggregate by version: a later version counts as no earlier than those before it, though it may have read the clock first.
    /// </summary>
    internal static IReadOnlyList<AuditEvent> InOrder(IEnumerable<AuditEvent> unsealed)
    {
        var keyed = new List<(DateTimeOffset At, string Id, AuditEvent Event)>();
        foreach (var aggregate in unsealed.GroupBy(e => e.AggregateId, StringComparer.Ordinal))
        {
            var (at, id) = (DateTimeOffset.MinValue, "");
            foreach (var happened in aggregate.OrderBy(e => e.Version))
            {
                at = happened.At > at ? happened.At : at;
                id = string.CompareOrdinal(happened.Id, id) > 0 ? happened.Id : id;
                keyed.Add((at, id, happened));
            }
        }

        return [.. keyed.OrderBy(k => k.At).ThenBy(k => k.Id, StringComparer.Ordinal).ThenBy(k => k.Event.Version).Select(k => k.Event)];
    }
}
