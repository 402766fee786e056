using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>An event and the place it gets in the chain.</summary>
internal sealed record LinkedEvent(string Id, long Seq, string Hash);

/// <summary>The chain's rows: which events wait for their place, the head, the checkpoints.</summary>
public sealed class ChainStore
{
    // Whatever is unsealed, oldest first, and with each event the earlier versions of its aggregate: sealing never puts a version before the one it follows.
    // A version is committed after the one before it, so one statement that sees it sees both.
    private const string UnsealedSql = """
        select e.id, e.aggregate, e.aggregate_id, e.version, e.type, e.at, e.actor, e.surface, e.about, e.data
          from events e
          join (select aggregate_id, max(version) as top
                  from (select aggregate_id, version
                          from events
                         where seq is null
                      order by at, id
                         limit @limit) oldest
              group by aggregate_id) upto on upto.aggregate_id = e.aggregate_id and e.version <= upto.top
         where e.seq is null
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

    private const string SealSql = """
        update events as e
           set seq = r.seq,
               hash = r.hash
          from /* pg instead: json_to_recordset(cast(@rows as json)) as r (id text, seq bigint, hash text) */
               (select value ->> 'id' as id, value ->> 'seq' as seq, value ->> 'hash' as hash from json_each(@rows)) as r /* end */
         where e.id = r.id
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

    /// <summary>About <paramref name="limit"/> events that have no place yet, in no order; the earlier versions of their aggregates come on top.</summary>
    public Task<IReadOnlyList<AuditEvent>> UnsealedAsync(Session session, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<AuditEvent>(UnsealedSql, new { limit }, cancellationToken);

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
