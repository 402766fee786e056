using System.Text.Json.Nodes;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>Begins an export. Who took what of the audit is in the audit, before the first byte goes out.</summary>
public sealed class ExportAudit(Database database, AuditReader reader, EventStore events, TimeProvider clock)
{
    /// <param name="actor">Whose right to read the audit was checked.</param>
    public async Task<AuditRange> BeginAsync(Actor actor, string format, AuditBound? from, AuditBound? to, CancellationToken cancellationToken)
    {
        var range = await reader.RangeAsync(from, to, cancellationToken);
        var now = clock.GetUtcNow();
        var data = new JsonObject { ["format"] = format, ["first"] = range.First, ["last"] = range.Last };
        var exported = AuditEvent.By(actor, "audit", Ids.New(now), 1, "audit.exported", now, about: null, data);
        await database.WriteAsync(session => events.AppendAsync(session, exported, cancellationToken), cancellationToken);
        return range;
    }
}
