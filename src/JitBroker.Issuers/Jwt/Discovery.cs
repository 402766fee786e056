using System.Text.Json.Nodes;

namespace JitBroker.Issuers.Jwt;

/// <summary>
/// The two documents by which others learn to trust our tokens: <c>/.well-known/openid-configuration</c> (OpenID Connect Discovery 1.0 §3,
/// RFC 8414, RFC 8628 §4) and <c>/.well-known/jwks.json</c> (RFC 7517 §5). Public; serve the second with
/// <c>Cache-Control: max-age=300</c> (<see cref="SigningKeys.JwksMaxAge"/>), no more.
/// </summary>
public sealed class Discovery(SigningKeys keys, JwtOptions options)
{
    public JsonObject Configuration() => new()
    {
        ["issuer"] = options.PublicUrl,
        ["jwks_uri"] = options.PublicUrl + "/.well-known/jwks.json",
        // Discovery demands the member, but there is no browser flow. Kubernetes says so in the same way, and AWS and GCP live with it.
        ["authorization_endpoint"] = "urn:jitbroker:programmatic_authorization",
        ["token_endpoint"] = options.PublicUrl + "/oauth/token",
        ["device_authorization_endpoint"] = options.PublicUrl + "/oauth/device_authorization",
        ["introspection_endpoint"] = options.PublicUrl + "/oauth/introspect",
        ["introspection_endpoint_auth_methods_supported"] = new JsonArray("client_secret_basic"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("none"),
        ["grant_types_supported"] = new JsonArray("urn:ietf:params:oauth:grant-type:device_code"),
        ["response_types_supported"] = new JsonArray("id_token"),
        ["subject_types_supported"] = new JsonArray("public"),
        ["id_token_signing_alg_values_supported"] = new JsonArray([.. SigningAlgorithms.All.Select(a => JsonValue.Create(a))]),
        ["claims_supported"] = new JsonArray("iss", "aud", "sub", "iat", "nbf", "exp", "jti", "email", "name", "scope", "jit_grant"),
    };

    /// <summary>
    /// The union of all replicas' public keys. Null before this replica's keys are loaded: answer 503, as an empty document would be believed and kept.
    /// </summary>
    public async Task<JsonObject?> JwksAsync(CancellationToken cancellationToken)
    {
        if (!keys.AreLoaded)
            return null;
        var published = await keys.PublishedAsync(cancellationToken);
        return new JsonObject { ["keys"] = new JsonArray([.. published.Select(k => k.Jwk.ToJson())]) };
    }

    /// <summary>The same with every key there ever was, for whoever checks old checkpoints of the audit. Not for checking tokens.</summary>
    public async Task<JsonObject?> AuditKeysAsync(CancellationToken cancellationToken)
    {
        if (!keys.AreLoaded)
            return null;
        var published = await keys.EverPublishedAsync(cancellationToken);
        return new JsonObject { ["keys"] = new JsonArray([.. published.Select(k => k.Jwk.ToJson())]) };
    }
}
