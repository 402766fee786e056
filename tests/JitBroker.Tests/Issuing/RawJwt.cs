using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Tests.Issuing;

/// <summary>
/// A verifier as somebody else would write it: the served JWKS, the platform's cryptography, RFC 7515 and RFC 7519, and not a line of ours.
/// </summary>
internal static class RawJwt
{
    public static JsonObject Header(string token) => Part(token, 0);

    public static JsonObject Payload(string token) => Part(token, 1);

    /// <summary>Whether a careful service lets this token in at <paramref name="now"/>.</summary>
    public static bool Accepts(string token, string jwks, string issuer, string audience, DateTimeOffset now, TimeSpan skew)
    {
        var payload = Payload(token);
        return HasValidSignature(token, jwks)
            && payload["iss"]!.GetValue<string>() == issuer
            && payload["aud"]!.GetValue<string>() == audience
            && DateTimeOffset.FromUnixTimeSeconds(payload["nbf"]!.GetValue<long>()) - skew <= now
            && now < DateTimeOffset.FromUnixTimeSeconds(payload["exp"]!.GetValue<long>()) + skew;
    }

    public static bool HasValidSignature(string token, string jwks)
    {
        var header = Header(token);
        var key = JsonNode.Parse(jwks)!["keys"]!.AsArray().Select(k => k!.AsObject())
            .SingleOrDefault(k => k["kid"]!.GetValue<string>() == header["kid"]?.GetValue<string>());
        if (key is null || key["alg"]!.GetValue<string>() != header["alg"]!.GetValue<string>())
            return false;
        var signed = Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]);
        var signature = Base64Url.DecodeFromChars(token.AsSpan(token.LastIndexOf('.') + 1));
        return key["kty"]!.GetValue<string>() == "RSA" ? VerifyRsa(key, signed, signature) : VerifyEc(key, signed, signature);
    }

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private static bool VerifyRsa(JsonObject key, byte[] signed, byte[] signature)
    {
        using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes(key, "n"), Exponent = Bytes(key, "e") });
        return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static bool VerifyEc(JsonObject key, byte[] signed, byte[] signature)
    {
        using var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(key, "x"), Y = Bytes(key, "y") } });
        return ec.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static byte[] Bytes(JsonObject key, string member) => Base64Url.DecodeFromChars(key[member]!.GetValue<string>());

    private static JsonObject Part(string token, int index) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[index]))!.AsObject();
}
