using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace JitBroker.Bots.Teams;

/// <summary>
/// The keys that sign what Teams sends us, by their id. Asked for when first needed, anew each day, and when a token names a key that is not known, at most once an hour: nobody can make
/// the broker ask more often. While they cannot be read, the last ones hold for another day.
/// </summary>
internal sealed partial class TeamsKeys(TeamsOptions options, ChatHttp http, TimeProvider clock, ILogger<TeamsKeys> log) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(24);
    private static readonly TimeSpan Usable = TimeSpan.FromHours(48);
    private static readonly TimeSpan UnknownEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan FailedEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailedAgainEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Kept? _kept;
    private DateTimeOffset _lookForUnknown = DateTimeOffset.MinValue;
    private DateTimeOffset _tryAgain = DateTimeOffset.MinValue;

    /// <summary>What stands in the way of hearing Teams, for people; null: nothing that is known.</summary>
    public string? Trouble { get; private set; }

    public async ValueTask<KeyAnswer> FindAsync(string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_kept is { } kept && now - kept.At < Fresh && kept.Keys.TryGetValue(id, out var known))
            return new KeyAnswer.Found(known);
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await LookAsync(id, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();

    private async Task<KeyAnswer> LookAsync(string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var isStale = _kept is not { } kept || now - kept.At >= Fresh;
        var isUnknown = !isStale && !_kept!.Keys.ContainsKey(id);
        var failed = false;
        if ((isStale || (isUnknown && now >= _lookForUnknown)) && now >= _tryAgain)
            failed = !await ReadAsync(now, cancellationToken);
        if (isUnknown && !failed && now >= _lookForUnknown)
            _lookForUnknown = now + UnknownEvery;
        if (_kept is not { } held || now - held.At >= Usable)
            return new KeyAnswer.Unavailable();
        if (held.Keys.TryGetValue(id, out var key))
            return new KeyAnswer.Found(key);
        return failed || now - held.At >= Fresh ? new KeyAnswer.Unavailable() : new KeyAnswer.Unknown();
    }

    private async Task<bool> ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var metadata = await GetAsync(options.OpenIdMetadataUrl, cancellationToken);
            if (!Uri.TryCreate(ChatJson.Read(metadata).Text("jwks_uri"), UriKind.Absolute, out var address) || !IsSameOrigin(address))
                return Failed("the metadata name no keys at their own host", now);
            var keys = new JsonWebKeySet(System.Text.Encoding.UTF8.GetString(await GetAsync(address, cancellationToken))).Keys
                .Where(k => k is { Kty: JsonWebAlgorithmsKeyTypes.RSA, KeyId.Length: > 0 } && k.Use is null or "" or "sig")
                .GroupBy(k => k.KeyId, StringComparer.Ordinal).Where(g => g.Count() == 1).ToDictionary(g => g.Key, g => g.Single(), StringComparer.Ordinal);
            if (keys.Count == 0)
                return Failed("there is no key", now);
            _kept = new Kept(now, keys);
            Trouble = null;
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or ArgumentException or System.Text.Json.JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Failed(e is OperationCanceledException ? "no answer in time" : e.GetType().Name, now);
        }
    }

    private bool Failed(string why, DateTimeOffset now)
    {
        _tryAgain = now + (_kept is null ? FailedEvery : FailedAgainEvery);
        Trouble = $"The keys of Teams cannot be read ({why}).";
        LogUnread(log, options.OpenIdMetadataUrl.Host, why);
        return false;
    }

    private async Task<byte[]> GetAsync(Uri address, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        using var response = await http.Client.GetAsync(address, HttpCompletionOption.ResponseContentRead, either.Token);
        return (int)response.StatusCode == 200 ? await response.Content.ReadAsByteArrayAsync(either.Token) : throw new HttpRequestException("It was not answered with 200.");
    }

    /// <summary>Whoever may name the keys may sign.</summary>
    private bool IsSameOrigin(Uri address) =>
        address.UserInfo.Length == 0 && address.GetLeftPart(UriPartial.Authority) == options.OpenIdMetadataUrl.GetLeftPart(UriPartial.Authority);

    [LoggerMessage(Level = LogLevel.Error, Message = "The keys that Teams signs with cannot be read from {Host} ({Why}): what Teams sends is answered with 503 until they can")]
    private static partial void LogUnread(ILogger log, string host, string why);

    private sealed record Kept(DateTimeOffset At, IReadOnlyDictionary<string, JsonWebKey> Keys);
}

/// <summary>Whether a key is known.</summary>
internal abstract record KeyAnswer
{
    private KeyAnswer()
    {
    }

    public sealed record Found(JsonWebKey Key) : KeyAnswer;

    public sealed record Unknown : KeyAnswer;

    /// <summary>Nobody can tell now.</summary>
    public sealed record Unavailable : KeyAnswer;
}
