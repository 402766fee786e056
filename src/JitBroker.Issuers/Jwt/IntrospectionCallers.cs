using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Catalog;
using Microsoft.Extensions.Logging;

namespace JitBroker.Issuers.Jwt;

/// <summary>Who may introspect: the <c>introspectors</c> of the catalog's jwt issuers, by HTTP Basic (RFC 6749 §2.3.1).</summary>
internal sealed class IntrospectionCallers(CatalogHolder catalog, SecretLookup secrets, ILogger<IntrospectionCallers> log)
{
    /// <summary>
    /// Names of the jwt issuers whose tokens this caller may ask about; empty when the header is missing, malformed or wrong. All
    /// entries are compared, each in constant time, so that the answer's timing tells nothing of a secret.
    /// </summary>
    public IReadOnlySet<string> IssuersOf(string? authorization)
    {
        var issuers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (client, secret) in ReadBasic(authorization))
        {
            var given = Digest(secret);
            foreach (var entry in Entries(catalog.Current))
                if (entry.Client == client && Expected(entry) is { } expected && CryptographicOperations.FixedTimeEquals(given, expected))
                    issuers.Add(entry.Issuer);
        }

        return issuers;
    }

    private byte[]? Expected(Entry entry)
    {
        if (secrets(entry.Reference, out var problem) is { Length: > 0 } secret)
            return Digest(secret);
        Log.IntrospectorWithoutSecret(log, entry.Client, entry.Issuer, problem);
        return null;
    }

    private static IEnumerable<Entry> Entries(CatalogSnapshot catalog)
    {
        foreach (var issuer in catalog.Issuers.Values.Where(i => i.Kind == JwtIssuer.KindName))
            foreach (var one in Introspectors(issuer.Settings))
                if (Text(one, "client") is { } client && Text(one, "secret") is { } reference)
                    yield return new Entry(issuer.Name, client, reference);
    }

    private static IEnumerable<JsonObject> Introspectors(string settings) =>
        (JsonNode.Parse(settings)?["introspectors"] as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>
    /// What the header may mean: RFC 6749 has both halves form-encoded before they are joined, but most tools (curl -u, nginx) send them as they are.
    /// </summary>
    private static (string Client, string Secret)[] ReadBasic(string? authorization)
    {
        const string Scheme = "Basic ";
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return [];
        var buffer = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Scheme.Length..].Trim(), buffer, out var length))
            return [];
        var pair = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
            return [];
        var (client, secret) = (pair[..colon], pair[(colon + 1)..]);
        return [(client, secret), (WebUtility.UrlDecode(client), WebUtility.UrlDecode(secret))];
    }

    /// <summary>Of equal length whatever the secret's, as a constant-time comparison needs.</summary>
    private static byte[] Digest(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static string? Text(JsonObject from, string name) =>
        from[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private sealed record Entry(string Issuer, string Client, string Reference);
}
