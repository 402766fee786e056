using System.Runtime.CompilerServices;
using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>Which sealed events: after a sequence number, of an actor, about a request or whatever else has this id.</summary>
/// <param name="Actor">Canonical e-mail.</param>
public sealed record AuditQuery(long After, string? Actor, string? About, int Limit);

/// <summary>A bound of an export, included: a sequence number or an instant.</summary>
public sealed record AuditBound(long? Seq, DateTimeOffset? At);

/// <summary>What an export holds: every event from <paramref name="First"/> to <paramref name="Last"/>; none when the last lies before the first.</summary>
/// <param name="Before">The predecessor, with which the export begins; null for an export from the very beginning.</param>
public sealed record AuditRange(long First, long Last, ChainHead? Before);

/// <summary>Reads the sealed part of the audit. Checks no rights: its callers do.</summary>
public sealed class AuditReader(Database database, ChainStore chain)
{
    private const int Page = 1000;
    private const string Columns = "id, aggregate, aggregate_id, version, type, at, actor, surface, about, data, seq, hash";

    private const string AfterSql = $"""
          select {Columns}
            from events
           where seq > @After
        order by seq
           limit @Limit
        """;

    private const string ByActorSql = $"""
          select {Columns}
            from events
           where actor = @Actor
             and seq > @After
        order by seq
           limit @Limit
        """;

    private const string AboutSql = $"""
          select {Columns}
            from events
           where (about = @About or aggregate_id = @About)
             and seq > @After
             and (cast(@Actor as text) is null or actor = @Actor)
        order by seq
           limit @Limit
        """;

    private const string HashSql = """
        select seq, hash
          from events
         where seq = @seq
        """;

    private const string FirstSinceSql = """
        select min(seq)
          from events
         where at >= @at
           and seq is not null
        """;

    private const string LastUntilSql = """
        select max(seq)
          from events
         where at <= @at
           and seq is not null
        """;

    /// <summary>Sealed events in order; an event can be seen here about a second after it was committed.</summary>
    public Task<IReadOnlyList<AuditEvent>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        var sql = (query.About, query.Actor) switch
        {
            (not null, _) => AboutSql,
            (null, not null) => ByActorSql,
            _ => AfterSql,
        };
        return database.ReadAsync(session => session.QueryAsync<AuditEvent>(sql, query, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Works bounds out to one unbroken run of the chain, up to the head as it is now. Events are sealed in about the order of their time; a run between
    /// two instants holds all that happened between them, and may hold a neighbour that was sealed among them.
    /// </summary>
    public Task<AuditRange> RangeAsync(AuditBound? from, AuditBound? to, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session =>
            {
                var head = await chain.HeadAsync(session, cancellationToken);
                var last = to is null ? head.Seq : Math.Min(head.Seq, to.Seq ?? await SeqAsync(session, LastUntilSql, to.At, cancellationToken) ?? 0);
                if (from is null)
                    return new AuditRange(1, last, null);
                var first = Math.Clamp(from.Seq ?? await SeqAsync(session, FirstSinceSql, from.At, cancellationToken) ?? (head.Seq + 1), 1, head.Seq + 1);
                var before = first == 1 ? new ChainHead { Seq = 0, Hash = Chain.Genesis } : await session.FirstOrDefaultAsync<ChainHead>(HashSql, new { seq = first - 1 }, cancellationToken);
                return new AuditRange(first, last, before);
            },
            cancellationToken);

    /// <summary>The events of a range, read page by page: memory does not grow with it.</summary>
    public async IAsyncEnumerable<IReadOnlyList<AuditEvent>> PagesAsync(AuditRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var after = range.First - 1; after < range.Last;)
        {
            var page = await ListAsync(new AuditQuery(after, null, null, (int)Math.Min(Page, range.Last - after)), cancellationToken);
            if (page.Count == 0)
                yield break;
            yield return page;
            after = page[^1].Seq!.Value;
        }
    }

    /// <summary>The latest checkpoint; null when there is none yet.</summary>
    public Task<Checkpoint?> CheckpointAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(session => chain.LastCheckpointAsync(session, cancellationToken), cancellationToken);

    private static Task<long?> SeqAsync(Session session, string sql, DateTimeOffset? at, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<long?>(sql, new { at }, cancellationToken);
}
