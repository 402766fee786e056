using System.Text.Json.Nodes;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Audit;

/// <summary>Writes each refusal down as an event of its own (rule 9), after the refused work has been undone.</summary>
public sealed class Refusals(Database database, EventStore events, TimeProvider clock)
{
    /// <param name="attempt">What was tried, e.g. <c>request.decide</c>.</param>
    /// <param name="about">The request it was tried on; null when there is none.</param>
    /// <param name="subject">What else names the attempt: an entitlement, a grant id.</param>
    public async Task<Refusal> RecordAsync(Actor actor, string attempt, string? about, string? subject, Refusal refusal, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Ids.New(now);
        var data = new JsonObject { ["attempt"] = attempt, ["code"] = refusal.Code, ["text"] = refusal.Text, ["subject"] = subject };
        var refused = AuditEvent.By(actor, "refusal", id, 1, "refused", now, about, data);
        await database.WriteAsync(session => events.AppendAsync(session, refused, cancellationToken), cancellationToken);
        return refusal;
    }
}
