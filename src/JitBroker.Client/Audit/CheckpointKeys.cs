using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace JitBroker.Client;

/// <summary>The keys of a JWKS document, for checking checkpoints offline. The algorithm is the key's, never the header's word alone.</summary>
public sealed class CheckpointKeys
{
    private const string CheckpointType = "jit-checkpoint+jws";
    private readonly Dictionary<string, JsonElement> keys = new(StringComparer.Ordinal);

    private CheckpointKeys()
    {
    }

    /// <exception cref="FormatException">It is no JWKS document with at least one key that has an id.</exception>
    public static CheckpointKeys Read(string jwks)
    {
        try
        {
            var read = new CheckpointKeys();
            using var json = JsonDocument.Parse(jwks.TrimStart('\uFEFF'));
            foreach (var key in json.RootElement.GetProperty("keys").EnumerateArray())
                if (Text(key, "kid") is { } kid)
                    read.keys[kid] = key.Clone();
            return read.keys.Count > 0 ? read : throw new FormatException("It holds no key that has a kid.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("It is no JWKS document, such as the broker's /.well-known/audit-keys.json.", e);
        }
    }

    /// <summary>Whether a checkpoint was signed, as a checkpoint, by one of these keys.</summary>
    public bool Signed(AuditCheckpoint checkpoint)
    {
        var parts = checkpoint.Jws.Split('.');
        if (checkpoint.Hash is null || parts.Length != 3)
            return false;
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            return Text(header.RootElement, "typ") == CheckpointType
                && Text(header.RootElement, "kid") is { } kid && keys.TryGetValue(kid, out var key)
                && Verify(key, Text(header.RootElement, "alg"), Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException or CryptographicException)
        {
            return false;
        }
    }

    private static bool Verify(JsonElement key, string? algorithm, byte[] signed, byte[] signature)
    {
        switch (Text(key, "kty"), algorithm)
        {
            case ("RSA", "RS256"):
                using (var rsa = RSA.Create(new RSAParameters { Modulus = Member(key, "n"), Exponent = Member(key, "e") }))
                    return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            case ("EC", "ES256") when Text(key, "crv") == "P-256":
                using (var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Member(key, "x"), Y = Member(key, "y") } }))
                    return ec.VerifyData(signed, signature, HashAlgorithmName.SHA256);
            default:
                return false;
        }
    }

    private static byte[] Member(JsonElement key, string name) => Base64Url.DecodeFromChars(Text(key, name) ?? throw new FormatException($"The key lacks {name}."));

    private static string? Text(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;
}
