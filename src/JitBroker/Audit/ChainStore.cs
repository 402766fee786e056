using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>An event and the place it gets in the chain.</summary>
internal sealed record LinkedEvent(string Id, long Seq, string Hash);

/// <summary>The chain's rows: which events wait for their place, the head, the checkpoints.</summary>
public sealed class ChainStore
{
    private const string OldestUnsealedSql = """
          select id, aggregate, aggregate_id, version, type, at, actor, surface, about, data
            from events
           where seq is null
        order by at, id
           limit @limit
        """;

    // Says that the hash is null where it means the place, so that PostgreSQL comes by the aggregate: it takes those without a place for few, and would look through
    // all of them for each.
    private const string EarlierUnsealedSql = """
        select e.id, e.aggregate, e.aggregate_id, e.version, e.type, e.at, e.actor, e.surface, e.about, e.data
          from /* pg instead: json_to_recordset(cast(@rows as json)) as r (aggregate_id text, top integer) */
               (select value ->> 'aggregate_id' as aggregate_id, value ->> 'top' as top from json_each(@rows)) as r /* end */
          join events e on e.aggregate_id = r.aggregate_id and e.version < r.top
         where e.hash is null
        """;

    private const string HeadSql = """
        select seq, hash
          from audit_head
         where id = 1
        """;

    private const string MoveHeadSql = """
        update audit_head
           set seq = @Seq,
               hash = @Hash
         where id = 1
           and seq = @expected
        """;

    private const string SealSql = $"""
        update events as e
           set seq = r.seq,
               hash = r.hash
          from /* pg instead: json_to_recordset(cast(@rows as json)) as r (id text, seq bigint, hash text) */
               (select value ->> 'id' as id, value ->> 'seq' as seq, value ->> 'hash' as hash from json_each(@rows)) as r /* end */
         where e.id = r.id /* pg: and e.id {JsonRows.AmongRows} */
           and e.seq is null
        """;

    private const string LastCheckpointSql = """
          select seq, hash, at, jws
            from checkpoints
        order by seq desc
           limit 1
        """;

    private const string CheckpointsAfterSql = """
          select seq, hash, at, jws
            from checkpoints
           where seq > @after
        order by seq
           limit @limit
        """;

    private const string InsertCheckpointSql = """
        insert into checkpoints (seq, hash, at, jws)
        values (@Seq, @Hash, @At, @Jws)
            on conflict (seq) do nothing
        """;

    /// <summary>
    /// The <paramref name="limit"/> oldest events that have no place yet, in no order, and with each the earlier versions of its aggregate: sealing never puts a version
    /// before the one it follows. A version is committed after the one before it, so who has seen it sees both.
    /// </summary>
    public async Task<IReadOnlyList<AuditEvent>> UnsealedAsync(Session session, int limit, CancellationToken cancellationToken)
    {
        var oldest = await session.QueryAsync<AuditEvent>(OldestUnsealedSql, new { limit }, cancellationToken);
        if (oldest.Count < limit)
            return oldest;
        var tops = oldest.GroupBy(e => e.AggregateId, StringComparer.Ordinal).Select(a => new { AggregateId = a.Key, Top = a.Max(e => e.Version) });
        var earlier = await session.QueryAsync<AuditEvent>(EarlierUnsealedSql, new { rows = JsonRows.Of(tops) }, cancellationToken);
        return [.. oldest.UnionBy(earlier, e => e.Id)];
    }

    public async Task<ChainHead> HeadAsync(Session session, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<ChainHead>(HeadSql, null, cancellationToken)
        ?? throw new InvalidOperationException("The chain has no head: the row of audit_head is missing.");

    /// <summary>Compare and set: the one place where sealers meet.</summary>
    /// <returns>False when somebody else moved the head since <paramref name="before"/> was read; nothing was written then.</returns>
    public async Task<bool> MoveHeadAsync(Session session, ChainHead before, ChainHead after, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(MoveHeadSql, new { after.Seq, after.Hash, expected = before.Seq }, cancellationToken) == 1;

    /// <summary>Gives events their places, after the head was moved.</summary>
    /// <exception cref="InvalidOperationException">One had a place: a bug. At the latest before the commit.</exception>
    internal Task SealAsync(Session session, IReadOnlyCollection<LinkedEvent> links, CancellationToken cancellationToken) =>
        session.WriteAllAsync(SealSql, links, "An event was sealed by somebody who did not move the head.", cancellationToken);

    /// <summary>Null before the first.</summary>
    public Task<Checkpoint?> LastCheckpointAsync(Session session, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Checkpoint>(LastCheckpointSql, null, cancellationToken);

    public Task<IReadOnlyList<Checkpoint>> CheckpointsAfterAsync(Session session, long after, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<Checkpoint>(CheckpointsAfterSql, new { after, limit }, cancellationToken);

    /// <returns>False when that place has one already.</returns>
    public async Task<bool> InsertCheckpointAsync(Session session, Checkpoint checkpoint, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertCheckpointSql, checkpoint, cancellationToken) == 1;
}
