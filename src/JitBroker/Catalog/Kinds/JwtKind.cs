using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// Tokens signed by the broker. Settings <c>{alg, tokenLifetime, introspectors: [{client, secret}]}</c>, grants <c>{audience, scope: […], claims, verify, skew}</c>.
/// </summary>
internal sealed partial class JwtKind : IIssuerKind
{
    /// <summary>Set by the issuer itself; a catalog that could set them could widen or lengthen a token.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "azp", "act", "cnf", "client_id", "scope", "scp", "email", "email_verified", "name",
        "active", "token_type", "username", "nonce", "auth_time", "sid", "grant", "lease", "entitlement",
    };

    public string Name => "jwt";

    public JsonObject Settings(FieldMap map, CatalogChecks checks)
    {
        var lifetime = map.Take("tokenLifetime")?.Duration(TimeSpan.FromHours(12)) ?? TimeSpan.FromMinutes(15);
        return new JsonObject
        {
            ["alg"] = map.Take("alg")?.OneOf("RS256", "ES256") ?? "RS256",
            ["tokenLifetime"] = Durations.Iso(lifetime),
            ["introspectors"] = Introspectors(map.Take("introspectors"), checks),
        };
    }

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks)
    {
        var audience = map.Need("audience", "Name who the token is for, e.g. audience: https://logs.example.");
        var json = new JsonObject
        {
            ["audience"] = audience is null ? "" : checks.Audience(audience, issuer),
            ["scope"] = JsonValues.Texts(Scopes(map.Take("scope"))),
            ["claims"] = Claims(map.Take("claims")),
            ["verify"] = map.Take("verify")?.OneOf("offline", "introspection") ?? "offline",
            ["skew"] = Durations.Iso(Skew(map.Take("skew"))),
        };
        return json;
    }

    /// <summary>Nothing given counts as half a minute: enough for hosts that keep time by NTP. <c>0s</c> says that the verifier allows none.</summary>
    private static TimeSpan Skew(Field? field) => field switch
    {
        null => TimeSpan.FromSeconds(30),
        { Node: YamlScalar { Text: "0" or "0s" or "0m" or "PT0S" } } => TimeSpan.Zero,
        _ => field.Duration(TimeSpan.FromMinutes(15)) ?? TimeSpan.Zero,
    };

    private static JsonArray Introspectors(Field? field, CatalogChecks checks)
    {
        var named = new JsonArray();
        foreach (var item in field?.List("a list of {client, secret}") ?? [])
        {
            if (item.Map("an introspector {client, secret}") is not { } map)
                continue;
            var client = map.Need("client", "Name the caller, as it signs in by HTTP Basic.")?.Text(Word(), "a name of letters, digits, dot, dash and underscore");
            var secret = map.Need("secret", "Give its secret as a reference.");
            named.Add(new JsonObject { ["client"] = client, ["secret"] = secret is null ? null : checks.Secret(secret) });
            map.Close();
        }

        return named;
    }

    private static List<string> Scopes(Field? field)
    {
        if (field is null)
            return [];
        var items = field.Node is YamlScalar ? [field] : field.List("a list of scopes");
        return [.. items.Select(i => i.Text(ScopeToken(), "a scope: visible ASCII without blanks, quotes and backslashes")).OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    private static JsonObject Claims(Field? field)
    {
        if (field?.Map("a map of claims") is not { } map)
            return [];
        foreach (var (key, value) in map.All())
        {
            if (Reserved.Contains(key) || key.StartsWith("jit_", StringComparison.OrdinalIgnoreCase))
                value.FaultHere($"The claim \"{key}\" is the broker's to set", "Remove it, or choose another name.");
        }

        return JsonValues.Of(field) as JsonObject ?? [];
    }

    [GeneratedRegex(@"\A[\x21\x23-\x5B\x5D-\x7E]+\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex ScopeToken();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Word();
}
