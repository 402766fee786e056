using System.Collections.Frozen;
using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Jwt;

/// <summary>The claims of our tokens. Times are whole seconds (RFC 7519 NumericDate), since AWS and others refuse fractions.</summary>
internal static class JwtClaims
{
    /// <summary>
    /// Header <c>typ</c>. Not <c>at+jwt</c> (RFC 9068): that profile demands a <c>client_id</c> which our tokens have no truth for, and common
    /// verifiers (Nimbus, and with it Spring and many Java services) refuse that type unless told otherwise. Tokens are told apart by audience.
    /// </summary>
    public const string Type = "JWT";

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "iss", "sub", "aud", "iat", "nbf", "exp", "jti", "email", "email_verified", "name", "scope", "scp", "client_id", "azp", "act", "cnf");

    /// <summary>
    /// Whether a catalog may not set this claim: ours, and those that standards give to whoever vouches for identity, delegation or key binding
    /// (RFC 7519, 7800, 8693, 9068).
    /// </summary>
    public static bool IsReserved(string claim) => Reserved.Contains(claim) || claim.StartsWith("jit_", StringComparison.OrdinalIgnoreCase);

    /// <summary>The lease's name in tokens: lower case, as at every target.</summary>
    public static string TokenId(string leaseId) => leaseId.ToLowerInvariant();

    public static string Subject(string issuer, string entitlement, string leaseId) => $"jit:{issuer}:{entitlement}:{TokenId(leaseId)}";

    public static string Payload(IssueOrder order, JwtTerms terms, string publicUrl, DateTimeOffset expiresAt)
    {
        var issuedAt = order.Now.ToUnixTimeSeconds();
        var payload = new JsonObject
        {
            ["iss"] = publicUrl,
            ["aud"] = terms.Audience,
            ["sub"] = Subject(order.Issuer, order.Entitlement, order.LeaseId),
            ["iat"] = issuedAt,
            ["nbf"] = issuedAt,
            ["exp"] = expiresAt.ToUnixTimeSeconds(),
            ["jti"] = TokenId(order.LeaseId),
            ["email"] = order.Holder,
            ["name"] = order.HolderName,
            ["jit_grant"] = order.GrantId,
        };
        if (terms.Scope.Count > 0)
            payload["scope"] = string.Join(' ', terms.Scope);
        foreach (var (name, value) in terms.Claims)
            payload[name] = value?.DeepClone();
        return payload.ToJsonString();
    }
}
