using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JitBroker.Issuers.Jwt;

/// <summary>Tells tokens that this broker signed, and that are within their time, from everything else.</summary>
internal sealed class OwnTokens(SigningKeys keys, JwtOptions options, TimeProvider clock)
{
    // A token of ours is about 1 kB; what is much longer is not worth a base64 decoder's time.
    private const int LongestToken = 16 * 1024;

    private static readonly JsonWebTokenHandler Reader = new() { MaximumTokenSizeInBytes = LongestToken, MapInboundClaims = false };

    /// <summary>
    /// The token, or null: wrong signature, key, algorithm, type or issuer, expired, not yet valid, or no token at all. Never throws on its text.
    /// The audience is whatever it is: the caller knows whom it is for.
    /// </summary>
    public async Task<JsonWebToken?> VerifyAsync(string token, CancellationToken cancellationToken)
    {
        if (TryRead(token) is not { Kid: { Length: > 0 } keyId } read || await keys.FindAsync(keyId, cancellationToken) is not { } key)
            return null;
        // The algorithm is the key's, never the token's: a public key is no HMAC secret, and `none` is nobody's.
        if (!string.Equals(read.Alg, key.Algorithm, StringComparison.Ordinal))
            return null;
        var result = await Reader.ValidateTokenAsync(token, Parameters(key));
        return result.IsValid ? (JsonWebToken)result.SecurityToken : null;
    }

    private TokenValidationParameters Parameters(PublishedKey key) => new()
    {
        IssuerSigningKey = key.SecurityKey,
        TryAllIssuerSigningKeys = false,
        ValidAlgorithms = [key.Algorithm],
        ValidTypes = [JwtClaims.Type],
        ValidIssuer = options.PublicUrl,
        ValidateAudience = false,
        RequireSignedTokens = true,
        LifetimeValidator = (notBefore, expires, _, _) => IsWithin(notBefore, expires),
    };

    /// <summary>No tolerance: these are our own clock's times.</summary>
    private bool IsWithin(DateTime? notBefore, DateTime? expires)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return notBefore is { } from && expires is { } until && from <= now && now < until;
    }

    private static JsonWebToken? TryRead(string token)
    {
        if (token.Length is 0 or > LongestToken || token.Count(c => c == '.') != 2)
            return null;
        try
        {
            return new JsonWebToken(token);
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
