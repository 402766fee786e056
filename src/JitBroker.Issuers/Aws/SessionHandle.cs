using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Aws;

/// <summary>What ends one session when the catalog entry is gone: its tags, its role, its times, and the way to IAM with unresolved keys.</summary>
/// <param name="MintedAt">No session of this lease was issued before it.</param>
/// <param name="ExpiresAt">Its session policy denies everything from then on.</param>
internal sealed record SessionHandle(AwsWay Way, RoleArn Role, string LeaseId, string GrantId, DateTimeOffset MintedAt, DateTimeOffset ExpiresAt)
{
    public static JsonObject Of(IssueOrder order, AwsTerms terms, DateTimeOffset expiresAt)
    {
        var data = terms.Way.Write();
        data["role"] = terms.Role.Text;
        data["session"] = SessionNames.SessionOf(order.LeaseId, order.Holder);
        data["lease"] = order.LeaseId;
        data["grant"] = order.GrantId;
        data["mintedAt"] = Instants.ToText(order.Now);
        data["expiresAt"] = Instants.ToText(expiresAt);
        return data;
    }

    /// <summary>Of an order that is always refused, so that nothing of it is ever made anywhere.</summary>
    public static JsonObject OfNothing(string leaseId) => new() { ["lease"] = leaseId, ["mintable"] = false };

    public static bool IsOfNothing(RevocationHandle handle) =>
        handle.Kind == AwsIssuer.KindName && IsId(handle, "lease") && handle.Data["mintable"] is JsonValue value && value.TryGetValue<bool>(out var mintable) && !mintable;

    /// <summary>Null when this is not a handle of ours.</summary>
    public static SessionHandle? Read(RevocationHandle handle)
    {
        if (handle.Kind != AwsIssuer.KindName || !AwsWay.TryRead(handle.Data, out var way, out _) || AwsTerms.Text(handle.Data["role"]) is not { } arn || RoleArn.Read(arn) is not { } role
            || !IsId(handle, "lease") || !IsId(handle, "grant") || Instant(handle, "mintedAt") is not { } mintedAt || Instant(handle, "expiresAt") is not { } expiresAt)
            return null;
        return new SessionHandle(way, role, AwsTerms.Text(handle.Data["lease"])!, AwsTerms.Text(handle.Data["grant"])!, mintedAt, expiresAt);
    }

    /// <summary>Ids go into a policy as they are: nothing but letters and digits may stand in them.</summary>
    private static bool IsId(RevocationHandle handle, string key) => AwsTerms.Text(handle.Data[key]) is { Length: > 0 and <= 64 } id && id.All(char.IsAsciiLetterOrDigit);

    private static DateTimeOffset? Instant(RevocationHandle handle, string key) =>
        DateTimeOffset.TryParse(AwsTerms.Text(handle.Data[key]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
