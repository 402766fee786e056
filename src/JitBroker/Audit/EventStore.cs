using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>The audit's rows. Appended only in the transaction of the change they tell of; sealed once (<see cref="SealEvents"/>), never changed, never deleted.</summary>
public sealed class EventStore
{
    private const string InsertSql = """
        insert into events (id, aggregate, aggregate_id, version, type, at, actor, surface, about, data)
        values (@Id, @Aggregate, @AggregateId, @Version, @Type, @At, @Actor, @Surface, @About, @Data)
        """;

    private const string InsertAllSql = """
        insert into events (id, aggregate, aggregate_id, version, type, at, actor, surface, about, data)
        select r.value ->> 'id', r.value ->> 'aggregate', r.value ->> 'aggregate_id', cast(r.value ->> 'version' as integer), r.value ->> 'type',
               /* pg instead: cast(r.value ->> 'at' as timestamptz) */ r.value ->> 'at' /* end */,
               r.value ->> 'actor', r.value ->> 'surface', r.value ->> 'about', r.value ->> 'data'
          from /* pg instead: json_array_elements(cast(@rows as json)) */ json_each(@rows) /* end */ as r
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

    /// <summary>Together, in one statement.</summary>
    public Task AppendAsync(Session session, IReadOnlyCollection<AuditEvent> happened, CancellationToken cancellationToken) =>
        session.WriteAllAsync(InsertAllSql, happened, "Not all of what happened was written down.", cancellationToken);

    /// <summary>What happened to a request and to all that came of it, oldest first, at most 500.</summary>
    public Task<IReadOnlyList<AuditEvent>> AboutAsync(Session session, string about, CancellationToken cancellationToken) =>
        session.QueryAsync<AuditEvent>(AboutSql, new { about }, cancellationToken);
}
