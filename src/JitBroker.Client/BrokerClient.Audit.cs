using System.Text.Json;

namespace JitBroker.Client;

public sealed partial class BrokerClient
{
    /// <summary>One page of sealed audit events, oldest first, after a sequence number. For auditors and admins, with a session that may decide.</summary>
    public Task<BrokerReply<Page<JsonElement>>> ListAuditAsync(string? after, string? actor, string? about, CancellationToken cancel, string? cursor = null, int? limit = null) =>
        connection.CallAsync(Call.Get(Call.Query("v1/audit", ("after", after), ("actor", actor), ("about", about), ("cursor", cursor), ("limit", Number(limit)))), Wire.Type<Page<JsonElement>>(), cancel);

    /// <summary>The audit as <c>jsonl</c> or <c>csv</c>, as it comes; the caller disposes of the stream. One that breaks off throws where it broke.</summary>
    /// <param name="from">A sequence number or an instant, included; null from the beginning.</param>
    /// <param name="to">A sequence number or an instant, included; null up to now.</param>
    public Task<Stream> ExportAuditAsync(string format, string? from, string? to, CancellationToken cancel) =>
        connection.StreamAsync(Call.Get(Call.Query("v1/audit/export", ("format", format), ("from", from), ("to", to))), cancel);

    /// <summary>The latest signed checkpoint.</summary>
    public Task<BrokerReply<CheckpointResource>> GetCheckpointAsync(CancellationToken cancel) =>
        connection.CallAsync(Call.Get("v1/audit/checkpoint"), Wire.Type<CheckpointResource>(), cancel);

    /// <summary>Every public key the broker ever had (RFC 7517): checkpoints are verified long after the key that signed them has been replaced.</summary>
    public Task<BrokerReply<JsonElement>> GetAuditKeysAsync(CancellationToken cancel) =>
        connection.CallAsync(Call.Get(".well-known/audit-keys.json") with { Authenticated = false }, Wire.Type<JsonElement>(), cancel);

    /// <summary>One page of the ends that are stuck. For operators, admins and auditors.</summary>
    public Task<BrokerReply<Page<LeaseDetailResource>>> ListStuckAsync(string? cursor, int? limit, CancellationToken cancel) =>
        connection.CallAsync(Call.Get(Call.Query("v1/leases/stuck", ("cursor", cursor), ("limit", Number(limit)))), Wire.Type<Page<LeaseDetailResource>>(), cancel);

    /// <summary>Tries a stuck end again now. For operators.</summary>
    public Task<BrokerReply<LeaseDetailResource>> RetryLeaseAsync(string lease, LeaseBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/leases/{Call.Segment(lease)}/retry", body, Wire.Type<LeaseBody>(), idempotencyKey), Wire.Type<LeaseDetailResource>(), cancel);

    /// <summary>Gives a stuck end up: the lease becomes revoked, not verified. For operators; the reason is required.</summary>
    public Task<BrokerReply<LeaseDetailResource>> AbandonLeaseAsync(string lease, LeaseBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/leases/{Call.Segment(lease)}/abandon", body, Wire.Type<LeaseBody>(), idempotencyKey), Wire.Type<LeaseDetailResource>(), cancel);
}
