using System.Security.Cryptography;

namespace JitBroker.Playground.Teams.Tokens;

/// <summary>The tokens that were given to the bot, and until when they hold.</summary>
internal sealed class AccessTokens(TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3599);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);

    public string Issue()
    {
        var token = "eyJ0eXAi" + RandomNumberGenerator.GetHexString(48, lowercase: true);
        lock (_gate) _until[token] = clock.GetUtcNow() + Lifetime;
        return token;
    }

    public bool IsGood(string? token)
    {
        lock (_gate) return token is not null && _until.TryGetValue(token, out var until) && clock.GetUtcNow() < until;
    }

    /// <summary>As when the app's secret was revoked: what was given out holds no more.</summary>
    public void RevokeAll()
    {
        lock (_gate) _until.Clear();
    }
}
