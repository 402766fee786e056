using System.Text.Json;
using JitBroker.Bots.Chat;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Whether a call comes from Teams (chat-wire B1): a token of the one issuer for this app, by RS256 with a key that is endorsed for Teams, good now, and made for the very service URL
/// of the activity. Stricter than the official SDK, which takes a key without endorsements, an activity without a channel, and one without a service URL. There is no way to switch it off.
/// </summary>
internal sealed class TeamsTokens(TeamsOptions options, TeamsKeys keys, TimeProvider clock)
{
    private const string Scheme = "Bearer ";
    private const int LongestToken = 8 * 1024;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <param name="authorization">The header as it came; null unless there is exactly one.</param>
    public async Task<TokenAnswer> ReadAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || Parse(authorization[Scheme.Length..]) is not { } token)
            return new TokenAnswer.Refused("there is no readable token");
        if (token.Alg != SecurityAlgorithms.RsaSha256 || string.IsNullOrEmpty(token.Kid))
            return new TokenAnswer.Refused("its algorithm is not RS256, or it names no key");
        switch (await keys.FindAsync(token.Kid, cancellationToken))
        {
            case KeyAnswer.Found found:
                var result = await Handler.ValidateTokenAsync(token.EncodedToken, Rules(found.Key));
                return result.IsValid
                    ? new TokenAnswer.Accepted(token.TryGetPayloadValue<string>("serviceurl", out var service) ? service : null, IsEndorsed(found.Key))
                    : new TokenAnswer.Refused(result.Exception.GetType().Name);
            case KeyAnswer.Unavailable:
                return new TokenAnswer.Unavailable();
            default:
                return new TokenAnswer.Refused("its key is not known");
        }
    }

    /// <summary>Why an activity is not what its token was made for; null when it is.</summary>
    public string? Objection(TokenAnswer.Accepted token, System.Text.Json.Nodes.JsonObject activity)
    {
        if (activity.Text("channelId") != TeamsOptions.ChannelId)
            return "its channel is not msteams";
        if (!token.IsEndorsed)
            return "its key is not endorsed for msteams";
        if (activity.Text("serviceUrl") is not { Length: > 0 } service || !string.Equals(service, token.ServiceUrl, StringComparison.Ordinal))
            return "its service URL is not the token's";
        return Uri.TryCreate(service, UriKind.Absolute, out var address) && options.IsAllowedService(address) ? null : "its service URL is at no allowed host";
    }

    private TokenValidationParameters Rules(JsonWebKey key) => new()
    {
        ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
        ValidIssuer = options.Issuer,
        ValidAudience = options.AppId,
        IssuerSigningKey = key,
        TryAllIssuerSigningKeys = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        LifetimeValidator = IsNow,
    };

    private bool IsNow(DateTime? from, DateTime? until, SecurityToken token, TokenValidationParameters rules)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return until is { } end && now < end + Skew && (from is not { } start || now >= start - Skew);
    }

    private static JsonWebToken? Parse(string token)
    {
        try
        {
            return token.Length <= LongestToken && token.Count(c => c == '.') == 2 ? new JsonWebToken(token) : null;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException or JsonException)
        {
            return null;
        }
    }

    private static bool IsEndorsed(JsonWebKey key) =>
        key.AdditionalData.TryGetValue("endorsements", out var value)
        && value is JsonElement { ValueKind: JsonValueKind.Array } endorsements
        && endorsements.EnumerateArray().Any(e => e.ValueKind == JsonValueKind.String && e.GetString() == TeamsOptions.ChannelId);
}

/// <summary>What a token says.</summary>
internal abstract record TokenAnswer
{
    private TokenAnswer()
    {
    }

    /// <param name="ServiceUrl">The one that it was made for; null: none.</param>
    /// <param name="IsEndorsed">Whether its key may sign for Teams.</param>
    public sealed record Accepted(string? ServiceUrl, bool IsEndorsed) : TokenAnswer;

    public sealed record Refused(string Why) : TokenAnswer;

    /// <summary>The keys cannot be read now.</summary>
    public sealed record Unavailable : TokenAnswer;
}
