namespace JitBroker.Client;

public sealed partial class BrokerClient
{
    /// <summary>One page of grants that the caller may read.</summary>
    public Task<BrokerReply<Page<GrantResource>>> ListGrantsAsync(GrantQuery query, CancellationToken cancel) =>
        connection.CallAsync(Call.Get(Call.Query("v1/grants", ("state", Word(query.State)), ("mine", query.Mine ? "true" : null), ("person", query.Person), ("breakGlass", query.BreakGlass ? "true" : null),
            ("cursor", query.Cursor), ("limit", Number(query.Limit)))), Wire.Type<Page<GrantResource>>(), cancel);

    /// <summary>One grant.</summary>
    public Task<BrokerReply<GrantResource>> GetGrantAsync(string id, CancellationToken cancel) =>
        connection.CallAsync(Call.Get($"v1/grants/{Call.Segment(id)}"), Wire.Type<GrantResource>(), cancel);

    /// <summary>Mints a credential: each call is a new lease. Never sent twice, and never with an Idempotency-Key: a secret is not stored to be repeated.</summary>
    public Task<BrokerReply<CredentialEnvelope>> CollectAsync(string grant, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/grants/{Call.Segment(grant)}/credentials"), Wire.Type<CredentialEnvelope>(), cancel);

    /// <summary>Ends a grant: by its holder released, by another revoked. 202 while it is ending, 200 if it had ended.</summary>
    public Task<BrokerReply<GrantResource>> EndAsync(string grant, EndBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/grants/{Call.Segment(grant)}/end", body, Wire.Type<EndBody>(), idempotencyKey), Wire.Type<GrantResource>(), cancel);

    /// <summary>Asks for more time on a grant.</summary>
    public Task<BrokerReply<RequestResource>> ExtendAsync(string grant, ExtendBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/grants/{Call.Segment(grant)}/extensions", body, Wire.Type<ExtendBody>(), idempotencyKey), Wire.Type<RequestResource>(), cancel);

    /// <summary>Reviews a break-glass grant.</summary>
    public Task<BrokerReply<GrantResource>> ReviewAsync(string grant, ReviewBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/grants/{Call.Segment(grant)}/review", body, Wire.Type<ReviewBody>(), idempotencyKey), Wire.Type<GrantResource>(), cancel);

    /// <summary>Lets the taker of a break-glass grant have the next one though its review is overdue or found misuse.</summary>
    public Task<BrokerReply<GrantResource>> LiftAsync(string grant, LiftBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/grants/{Call.Segment(grant)}/review/lift", body, Wire.Type<LiftBody>(), idempotencyKey), Wire.Type<GrantResource>(), cancel);
}
