using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Issuing;

/// <summary>
/// All that an issuer needs to end a lease when its catalog entry is gone. Stored with the lease; holds unresolved references, never a secret.
/// </summary>
/// <param name="Kind">Which <see cref="IIssuer"/> understands it.</param>
/// <param name="Target">Name of the lane its work runs in: one per endpoint, so that one dead target delays nobody else.</param>
/// <param name="EarlyEnd">Whether an end before the credential's expiry has any effect.</param>
/// <param name="Within">As in <see cref="Revocability"/>.</param>
/// <param name="SettleTime">As in <see cref="Revocability"/>.</param>
/// <param name="Data">Object names, endpoint and admin reference, in the issuer's own shape.</param>
public sealed record RevocationHandle(string Kind, string Target, EarlyEnd EarlyEnd, TimeSpan Within, TimeSpan SettleTime, JsonObject Data)
{
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <exception cref="JsonException">The text is not a handle.</exception>
    public static RevocationHandle FromJson(string json) =>
        JsonSerializer.Deserialize<RevocationHandle>(json) ?? throw new JsonException("A revocation handle cannot be null.");
}
