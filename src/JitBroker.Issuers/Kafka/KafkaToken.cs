using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>
/// A token that a listener with OAUTHBEARER takes (KIP-768): signed with the broker's keys, good for one cluster, its subject the principal that the rights are given to.
/// </summary>
internal sealed class KafkaToken(SigningKeys keys, JwtOptions options, TimeProvider clock)
{
    /// <summary>RS256 is what every validator takes.</summary>
    public bool TrySign(IssueOrder order, KafkaSettings settings, string user, DateTimeOffset expiresAt, [NotNullWhen(true)] out string? token, out string why)
    {
        token = null;
        if (!keys.TrySigner(SigningAlgorithms.Rs256, clock.GetUtcNow(), out var key, out why))
            return false;
        var issuedAt = order.Now.ToUnixTimeSeconds();
        var payload = new JsonObject
        {
            ["iss"] = options.PublicUrl,
            ["aud"] = settings.Audience,
            ["sub"] = user,
            ["iat"] = issuedAt,
            ["nbf"] = issuedAt,
            ["exp"] = expiresAt.ToUnixTimeSeconds(),
            ["jti"] = JwtClaims.TokenId(order.LeaseId),
            ["email"] = order.Holder,
            ["name"] = order.HolderName,
            ["jit_grant"] = order.GrantId,
        };
        token = key.Sign(payload.ToJsonString(), JwtClaims.Type);
        return true;
    }
}
