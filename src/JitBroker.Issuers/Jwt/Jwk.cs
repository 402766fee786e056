using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace JitBroker.Issuers.Jwt;

/// <summary>The public half of a key as a JSON Web Key (RFC 7517). Holds public members only, whatever it was read from.</summary>
internal sealed class Jwk
{
    private static readonly Dictionary<string, string[]> PublicMembers = new(StringComparer.Ordinal)
    {
        // In the order of RFC 7638 §3.2, which the thumbprint hashes.
        ["RSA"] = ["e", "kty", "n"],
        ["EC"] = ["crv", "kty", "x", "y"],
    };

    private readonly (string Name, string Value)[] _members;

    private Jwk((string, string)[] members, string algorithm)
    {
        _members = members;
        Algorithm = algorithm;
        KeyId = Thumbprint(_members);
    }

    public string Algorithm { get; }

    /// <summary>The thumbprint of RFC 7638, SHA-256, base64url: the same key has the same id everywhere.</summary>
    public string KeyId { get; }

    public static Jwk Of(RSA key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new Jwk([("e", Encode(parameters.Exponent)), ("kty", "RSA"), ("n", Encode(parameters.Modulus))], SigningAlgorithms.Rs256);
    }

    public static Jwk Of(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new Jwk([("crv", "P-256"), ("kty", "EC"), ("x", Encode(point.X)), ("y", Encode(point.Y))], SigningAlgorithms.Es256);
    }

    /// <summary>Null when the text is not a public key of a kind that we sign with.</summary>
    public static Jwk? TryParse(string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject given ? From(given) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>As it stands in a JWKS document (issuers.md §5).</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["use"] = "sig", ["alg"] = Algorithm, ["kid"] = KeyId };
        foreach (var (name, value) in _members)
            json[name] = value;
        return json;
    }

    /// <summary>For checking signatures; each call makes a new one, so keep it.</summary>
    public SecurityKey ToSecurityKey() => new JsonWebKey(ToJson().ToJsonString());

    private static Jwk? From(JsonObject given)
    {
        if (Text(given, "kty") is not { } type || !PublicMembers.TryGetValue(type, out var names))
            return null;
        var members = names.Select(n => (n, Text(given, n)!)).ToArray();
        if (members.Any(m => m.Item2 is null) || (type == "EC" && Text(given, "crv") != "P-256"))
            return null;
        return new Jwk(members, type == "RSA" ? SigningAlgorithms.Rs256 : SigningAlgorithms.Es256);
    }

    private static string Thumbprint((string Name, string Value)[] members)
    {
        // Base64url and registered names only, so nothing needs an escape.
        var canonical = "{" + string.Join(',', members.Select(m => $"\"{m.Name}\":\"{m.Value}\"")) + "}";
        return Encode(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    private static string? Text(JsonObject from, string name) =>
        from[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string Encode(byte[]? bytes) => Base64UrlEncoder.Encode(bytes);
}
