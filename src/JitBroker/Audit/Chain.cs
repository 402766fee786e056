using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Audit;

/// <summary>
/// How events hang together (contract §4): <c>hash = SHA-256(prevHash ‖ canonical)</c>, where both are UTF-8 text: the 64 hexadecimal digits of the
/// predecessor's hash, and <see cref="EventForm"/>. So <c>printf '%s%s' PREV CANONICAL | sha256sum</c> says the same.
/// </summary>
public static class Chain
{
    /// <summary>What stands in the predecessor's place of event 1.</summary>
    public static readonly string Genesis = new('0', 64);

    public static string HashOf(string previous, string canonical) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(previous + canonical)));
}

/// <summary>The last event of the chain; <see cref="Seq"/> is 0 and <see cref="Hash"/> <see cref="Chain.Genesis"/> before the first.</summary>
public sealed record ChainHead
{
    public required long Seq { get; init; }

    public required string Hash { get; init; }
}

/// <summary>The broker's word that the chain ended with this hash at this sequence number.</summary>
public sealed record Checkpoint
{
    public required long Seq { get; init; }

    public required string Hash { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Compact JWS over <c>{seq, hash, at}</c>, by a key of <c>/.well-known/audit-keys.json</c>.</summary>
    public required string Jws { get; init; }
}
