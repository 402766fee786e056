namespace JitBroker.Client;

public sealed partial class BrokerClient
{
    /// <summary>One page of all accounts and whose they are. For admins and auditors.</summary>
    /// <param name="person">An e-mail; null: of everybody.</param>
    public Task<BrokerReply<Page<LinkedIdentityResource>>> ListIdentitiesAsync(string? person, string? cursor, int? limit, CancellationToken cancel) =>
        connection.CallAsync(Call.Get(Call.Query("v1/identities", ("person", person), ("cursor", cursor), ("limit", Number(limit)))), Wire.Type<Page<LinkedIdentityResource>>(), cancel);

    /// <summary>Shows a code to be typed at another account, or takes one that another account shows. With a session that may decide.</summary>
    public Task<BrokerReply<LinkResource>> LinkAsync(LinkBody body, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/identities/link", body, Wire.Type<LinkBody>(), null), Wire.Type<LinkResource>(), cancel);

    /// <summary>How far a linking of the caller's is.</summary>
    public Task<BrokerReply<LinkResource>> GetLinkAsync(string id, CancellationToken cancel) =>
        connection.CallAsync(Call.Get($"v1/identities/links/{Call.Segment(id)}"), Wire.Type<LinkResource>(), cancel);

    /// <summary>Says whether the account is the caller's. With a session that may decide.</summary>
    public Task<BrokerReply<LinkResource>> AnswerLinkAsync(string id, LinkAnswerBody body, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/identities/links/{Call.Segment(id)}", body, Wire.Type<LinkAnswerBody>(), null), Wire.Type<LinkResource>(), cancel);

    /// <summary>Takes a linked account away from its person. For admins, with a session that may decide.</summary>
    public Task<BrokerReply<LinkedIdentityResource>> UnlinkAsync(string id, UnlinkBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/identities/{Call.Segment(id)}/unlink", body, Wire.Type<UnlinkBody>(), idempotencyKey), Wire.Type<LinkedIdentityResource>(), cancel);
}
