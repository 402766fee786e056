using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JitBroker.Issuers.Jwt;

/// <summary>
/// A private key, parsed once and kept. Safe under concurrency: the provider below pools one native key per signer at a time, as an
/// <see cref="RSA"/> is not promised to be thread-safe. Prints as its key id.
/// </summary>
[DebuggerDisplay("{KeyId}")]
internal sealed class SigningKey
{
    private static readonly JsonWebTokenHandler Writer = new() { SetDefaultTimesOnTokenCreation = false };

    private readonly SigningCredentials _credentials;

    private SigningKey(Jwk jwk, JsonWebKey secret)
    {
        Jwk = jwk;
        secret.KeyId = jwk.KeyId;
        // Its own factory, not the process-wide default: what is cached for a key goes with it.
        secret.CryptoProviderFactory = new CryptoProviderFactory();
        _credentials = new SigningCredentials(secret, jwk.Algorithm);
    }

    public Jwk Jwk { get; }

    public string KeyId => Jwk.KeyId;

    public string Algorithm => Jwk.Algorithm;

    public static SigningKey Of(RSA key)
    {
        var secret = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(key.ExportParameters(includePrivateParameters: true)));
        return new SigningKey(Jwk.Of(key), secret);
    }

    public static SigningKey Of(ECDsa key)
    {
        // Member by member: the converter would keep `key` itself, which its owner disposes.
        var parameters = key.ExportParameters(includePrivateParameters: true);
        var secret = new JsonWebKey
        {
            Kty = JsonWebAlgorithmsKeyTypes.EllipticCurve,
            Crv = JsonWebKeyECTypes.P256,
            X = Base64UrlEncoder.Encode(parameters.Q.X),
            Y = Base64UrlEncoder.Encode(parameters.Q.Y),
            D = Base64UrlEncoder.Encode(parameters.D),
        };
        return new SigningKey(Jwk.Of(key), secret);
    }

    /// <summary>A compact JWS over <paramref name="payload"/>, a JSON object, with <c>alg</c>, <c>kid</c> and <paramref name="type"/> in its header.</summary>
    public string Sign(string payload, string type) =>
        Writer.CreateToken(payload, _credentials, new Dictionary<string, object>(StringComparer.Ordinal) { [JwtHeaderParameterNames.Typ] = type });

    public override string ToString() => KeyId;
}
