using JitBroker.Audit;

namespace JitBroker.Issuers.Jwt;

/// <summary>
/// The audit's checkpoints are signed by the keys that sign tokens, so that one JWKS verifies both. Their <c>typ</c> is their own and they have no
/// <c>aud</c> and no <c>exp</c>: no verifier of tokens takes one for a token, and none of the audit a token for a checkpoint.
/// </summary>
internal sealed class CheckpointSigner(SigningKeys keys, TimeProvider clock) : ICheckpointSigner
{
    public const string Type = "jit-checkpoint+jws";

    public string? TrySign(string payload)
    {
        var now = clock.GetUtcNow();
        return keys.TrySigner(SigningAlgorithms.Rs256, now, out var key, out _) || keys.TrySigner(SigningAlgorithms.Es256, now, out key, out _)
            ? key.Sign(payload, Type)
            : null;
    }
}
