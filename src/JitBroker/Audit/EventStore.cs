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
        select id, aggregate, aggregate_id, version, type, at, actor, surface, about, data
          from /* pg instead: json_to_recordset(cast(@rows as json)) as r (id text, aggregate text, aggregate_id text, version integer, type text, at timestamptz,
                                                                           actor text, surface text, about text, data text) */
               (select value ->> 'id' as id, value ->> 'aggregate' as aggregate, value ->> 'aggregate_id' as aggregate_id, value ->> 'version' as version,
                       value ->> 'type' as type, value ->> 'at' as at, value ->> 'actor' as actor, value ->> 'surface' as surface, value ->> 'about' as about,
                       value ->> 'data' as data
                  from json_each(@rows)) as r /* end */
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
