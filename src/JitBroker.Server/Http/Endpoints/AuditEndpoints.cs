using System.Text.Json;
using JitBroker.Client;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

internal static class AuditEndpoints
{
    public static RouteGroupBuilder MapAudit(this RouteGroupBuilder v1)
    {
        var audit = v1.MapGroup("/audit").WithTags("audit");
        audit.MapGet("/", AuditCalls.ListAsync).Answers<Page<JsonElement>>(200).Lists("after", "actor", "about").Says("listAudit", "Sealed events, oldest first. For auditors and admins, in a session that may decide.");
        audit.MapGet("/export", AuditCalls.ExportAsync).Answers(200).Asks("format", "from", "to").Says("exportAudit", "Sealed events as a stream, one a line; with from, the first line is the predecessor's place and hash. For auditors and admins, in a session that may decide.");
        audit.MapGet("/checkpoint", AuditCalls.CheckpointAsync).Answers<CheckpointResource>(200).Says("getAuditCheckpoint", "The latest signed checkpoint. For auditors and admins, in a session that may decide.");
        return v1;
    }
}
