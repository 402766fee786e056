using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace JitBroker.Playground.Teams.Tokens;

/// <summary>The JWT by which a client proves that it has its certificate's private key.</summary>
internal static class ClientAssertion
{
    /// <summary>Whether it is signed by that certificate, names that client as issuer and subject, is meant for a token endpoint, and holds now.</summary>
    public static bool IsGood(string? assertion, X509Certificate2 certificate, string client, DateTimeOffset now)
    {
        if (assertion?.Split('.') is not [var header, var claims, var signature]) return false;
        if (Read(header) is not { } head || Read(claims) is not { } said) return false;
        RSASignaturePadding? padding = Wire.Text(head["alg"]) switch { "PS256" => RSASignaturePadding.Pss, "RS256" => RSASignaturePadding.Pkcs1, _ => null };
        using var key = certificate.GetRSAPublicKey();
        if (padding is null || key is null || Bytes(signature) is not { } signed) return false;
        return key.VerifyData(Encoding.ASCII.GetBytes($"{header}.{claims}"), signed, HashAlgorithmName.SHA256, padding)
            && Wire.Text(said["iss"]) == client && Wire.Text(said["sub"]) == client
            && Wire.Text(said["aud"])?.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal) == true
            && said["exp"] is JsonValue exp && exp.TryGetValue<long>(out var until) && now.ToUnixTimeSeconds() < until;
    }

    private static JsonObject? Read(string part) => Bytes(part) is { } bytes ? Wire.Parse(Encoding.UTF8.GetString(bytes)) as JsonObject : null;

    private static byte[]? Bytes(string part)
    {
        try
        {
            return WebEncoders.Base64UrlDecode(part);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
