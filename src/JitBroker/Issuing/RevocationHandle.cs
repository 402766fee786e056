using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Issuing;

/// <summary>
/// All that an issuer needs to end a lease when its catalog entry is gone. Stored with the lease; holds unresolved references, never a secret.
/// </summary>
/// <param name="Kind">Which <see cref="IIssuer"/> understands it.</param>
/// <param name="Target">Name of the lane its work runs in, so that one dead target delays nobody else: the issuer's name where its target is its own.</param>
/// <param name="EarlyEnd">Whether an end before the credential's expiry has any effect.</param>
/// <param name="Within">As in <see cref="Revocability"/>.</param>
/// <param name="SettleTime">As in <see cref="Revocability"/>.</param>
/// <param name="Data">Object names, endpoint and admin reference, in the issuer's own shape.</param>
/// <param name="Principal">
/// What at the target the work touches beside the lease's own objects, e.g. a role whose policy is written anew: of two that name the same, at one target, one
/// waits for the other. Null: nothing.
/// </param>
public sealed record RevocationHandle(string Kind, string Target, EarlyEnd EarlyEnd, TimeSpan Within, TimeSpan SettleTime, JsonObject Data, string? Principal = null)
{
    public string ToJson() => JsonSerializer.Serialize(this);

    /// <exception cref="JsonException">The text is not a handle.</exception>
    public static RevocationHandle FromJson(string json) =>
        JsonSerializer.Deserialize<RevocationHandle>(json) ?? throw new JsonException("A revocation handle cannot be null.");
}
