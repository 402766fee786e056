using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>The audit's rows. Appended only in the transaction of the change they tell of; sealed once (<see cref="SealEvents"/>), never changed, never deleted.</summary>
public sealed class EventStore
{
    private const string InsertSql = """
        insert into events (id, aggregate, aggregate_id, version, type, at, actor, surface, about, data)
        values (@Id, @Aggregate, @AggregateId, @Version, @Type, @At, @Actor, @Surface, @About, @Data)
        """;

    private const string AboutSql = """
          select id, aggregate, aggregate_id, version, type, at, actor, surface, about, data
            from events
           where about = @about
        order by at, id
           limit 500
        """;

    public Task AppendAsync(Session session, AuditEvent happened, CancellationToken cancellationToken) =>
        session.WriteAsync(InsertSql, happened, cancellationToken);

    public async Task AppendAsync(Session session, IEnumerable<AuditEvent> happened, CancellationToken cancellationToken)
    {
        foreach (var one in happened)
            await AppendAsync(session, one, cancellationToken);
    }

    /// <summary>What happened to a request and to all that came of it, oldest first, at most 500.</summary>
    public Task<IReadOnlyList<AuditEvent>> AboutAsync(Session session, string about, CancellationToken cancellationToken) =>
        session.QueryAsync<AuditEvent>(AboutSql, new { about }, cancellationToken);
}
