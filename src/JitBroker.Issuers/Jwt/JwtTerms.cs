using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Catalog;

namespace JitBroker.Issuers.Jwt;

/// <summary>
/// What the catalog says of one jwt entitlement: the issuer's <c>{alg, tokenLifetime, introspectors}</c> and the entitlement's
/// <c>{audience, scope, claims, verify, skew}</c>. The catalog was validated as a whole when it was read; this reads again and fails closed, since
/// the text may have been accepted by another build.
/// </summary>
internal sealed record JwtTerms
{
    /// <summary>Short enough that a token which cannot be taken back is no great loss; the holder collects again (design §5).</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(15);

    /// <summary>Enough for hosts that keep time by NTP. A verifier that allows more must be declared by <c>skew</c>, or its grants end later than shown.</summary>
    public static readonly TimeSpan DefaultSkew = TimeSpan.FromSeconds(30);

    // What the catalog writes for a verifier that allows nothing; the grammar of durations knows no zero.
    private const string NoTime = "PT0S";

    // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E ). A space inside an item would smuggle in a second scope.
    private static readonly SearchValues<char> ScopeCharacters =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x5E).Select(c => (char)c).Where(c => c is not ('"' or '\\'))]);

    public required string Algorithm { get; init; }

    public required TimeSpan Lifetime { get; init; }

    public required string Audience { get; init; }

    public required IReadOnlyList<string> Scope { get; init; }

    /// <summary>Custom claims; none of them is <see cref="JwtClaims.IsReserved">reserved</see>.</summary>
    public required JsonObject Claims { get; init; }

    /// <summary>The verifier asks the broker at each use, and somebody may ask. False: it looks at signature and expiry alone.</summary>
    public required bool Introspected { get; init; }

    public required TimeSpan Skew { get; init; }

    /// <summary>True with <paramref name="terms"/>, or false with <paramref name="problem"/> a sentence for people. Never throws.</summary>
    public static bool TryRead(string settings, string grants, string publicUrl, [NotNullWhen(true)] out JwtTerms? terms, out string problem)
    {
        try
        {
            terms = Read(Parse(settings, "The issuer's settings"), Parse(grants, "The entitlement's grants"), publicUrl);
            problem = "";
            return true;
        }
        catch (TermsProblem e)
        {
            terms = null;
            problem = e.Message;
            return false;
        }
    }

    private static JwtTerms Read(JsonObject settings, JsonObject grants, string publicUrl) => new()
    {
        Algorithm = OneOf(settings, "alg", SigningAlgorithms.Rs256, [.. SigningAlgorithms.All]),
        Lifetime = Duration(settings, "tokenLifetime", DefaultLifetime),
        Audience = AudienceOf(grants, publicUrl),
        Scope = ScopeOf(grants),
        Claims = ClaimsOf(grants),
        // Where nobody may introspect, whoever accepts the token does so by its expiry: declaring an immediate end would be a lie.
        Introspected = OneOf(grants, "verify", "offline", "offline", "introspection") == "introspection"
            && HasIntrospectors(settings),
        Skew = Text(grants, "skew") is NoTime ? TimeSpan.Zero : Duration(grants, "skew", DefaultSkew),
    };

    private static JsonObject Parse(string json, string what)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject ?? throw new TermsProblem($"{what} are not a JSON object.");
        }
        catch (JsonException)
        {
            throw new TermsProblem($"{what} are not JSON.");
        }
    }

    private static string AudienceOf(JsonObject grants, string publicUrl)
    {
        var audience = Text(grants, "audience");
        if (string.IsNullOrWhiteSpace(audience))
            throw new TermsProblem("grants.audience is missing: a token must name the one service it is for.");
        if (string.Equals(audience.TrimEnd('/'), publicUrl, StringComparison.OrdinalIgnoreCase))
            throw new TermsProblem($"grants.audience is the broker's own address ({publicUrl}): such a token would be good for the broker itself.");
        return audience;
    }

    /// <summary>An entry that cannot be understood is a fault, lest a verifier is promised an answer that it never gets.</summary>
    private static bool HasIntrospectors(JsonObject settings)
    {
        if (settings["introspectors"] is not { } given)
            return false;
        if (given is not JsonArray entries || entries.Any(e => e is not JsonObject entry || Text(entry, "client") is null || Text(entry, "secret") is null))
            throw new TermsProblem("introspectors is not a list of {client, secret}.");
        return entries.Count > 0;
    }

    private static List<string> ScopeOf(JsonObject grants)
    {
        if (grants["scope"] is not { } given)
            return [];
        if (given is not JsonArray items)
            throw new TermsProblem("grants.scope is not a list.");
        return [.. items.Select(ScopeItem)];
    }

    private static string ScopeItem(JsonNode? item)
    {
        var text = TextOf(item);
        if (string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExcept(ScopeCharacters))
            throw new TermsProblem("grants.scope has an item that is not one scope (RFC 6749 §3.3: visible ASCII without space, quote and backslash).");
        return text;
    }

    private static JsonObject ClaimsOf(JsonObject grants)
    {
        if (grants["claims"] is not { } given)
            return [];
        if (given is not JsonObject claims)
            throw new TermsProblem("grants.claims is not a map of claims.");
        if (claims.FirstOrDefault(c => JwtClaims.IsReserved(c.Key)).Key is { } reserved)
            throw new TermsProblem($"grants.claims.{reserved} is set by the broker and cannot be overridden.");
        return claims;
    }

    private static string OneOf(JsonObject from, string key, string otherwise, params IReadOnlyList<string> allowed)
    {
        if (!from.ContainsKey(key))
            return otherwise;
        return Text(from, key) is { } text && allowed.Contains(text, StringComparer.Ordinal)
            ? text
            : throw new TermsProblem($"{key} is not one of {string.Join(", ", allowed)}.");
    }

    private static TimeSpan Duration(JsonObject from, string key, TimeSpan otherwise)
    {
        if (!from.ContainsKey(key))
            return otherwise;
        return Durations.TryParse(Text(from, key), out var duration, out var problem) ? duration : throw new TermsProblem($"{key}: {problem}");
    }

    private static string? Text(JsonObject from, string key) => TextOf(from[key]);

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Never leaves this class.</summary>
    private sealed class TermsProblem(string message) : Exception(message);
}
