using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace JitBroker.Issuers.Jwt;

/// <summary>
/// The key ring: this replica's private keys, and the public halves of all replicas' keys. A replica signs with a key only after its public half
/// has been served for as long as anybody may hold a JWKS without it; the first key an algorithm ever has is excepted (design §9).
/// Safe under concurrency; everything but <see cref="LoadAsync"/> and the refreshes works in memory.
/// </summary>
public sealed class SigningKeys : IDisposable
{
    /// <summary><c>Cache-Control: max-age</c> of the JWKS document: how long a verifier may go without seeing a new key.</summary>
    public static readonly TimeSpan JwksMaxAge = TimeSpan.FromSeconds(300);

    /// <summary>How old another replica's view of the table may be when it serves the JWKS; added to the ripening of a key.</summary>
    public static readonly TimeSpan JwksStaleness = TimeSpan.FromSeconds(10);

    private readonly SigningKeyStore _store;
    private readonly KeyDirectory _directory;
    private readonly KeyLife _life;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private volatile Ring? _ring;

    internal SigningKeys(SigningKeyStore store, JwtOptions options, TimeProvider clock, ILogger<SigningKeys> log)
    {
        _store = store;
        _directory = new KeyDirectory(options.KeysDirectory, clock);
        _life = options.Life;
        _clock = clock;
        _log = log;
    }

    /// <summary>Reads or makes the private keys and publishes their public halves. Called at the start, after the migrations; idempotent.</summary>
    /// <exception cref="SigningKeysException">The private keys are not fit to sign with; the message says what to do. The server must not start.</exception>
    /// <exception cref="DatabaseUnavailableException">Try again.</exception>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var rows = await RotateAsync(cancellationToken);
        foreach (var key in _ring!.Own.Values)
            Log.KeyLoaded(_log, key.KeyId, key.Algorithm, rows.First(r => r.Kid == key.KeyId).SignsFrom);
    }

    /// <summary>
    /// Makes successors of keys that have signed long enough, publishes what is not yet, and deletes private halves that nothing valid depends on any more. To be
    /// run each minute. Each step is found undone and done by the next run, in whichever process of the directory; while it fails, what is loaded goes on.
    /// </summary>
    /// <exception cref="SigningKeysException">The directory is not fit; what is loaded goes on.</exception>
    /// <exception cref="DatabaseUnavailableException">Try again.</exception>
    internal async Task<IReadOnlyList<SigningKeyRow>> RotateAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var own = await _directory.LoadAsync(cancellationToken);
        var rows = await PublishAsync(own, now, cancellationToken);
        var due = SigningAlgorithms.All.Where(a => IsDue(a, own, rows, now)).ToList();
        if (due.Count > 0)
        {
            own = await _directory.AddAsync(due, own.Select(k => k.KeyId).ToHashSet(StringComparer.Ordinal), cancellationToken);
            rows = await PublishAsync(own, now, cancellationToken);
        }

        var over = rows.Where(r => r.RetiredAt <= now).Select(r => r.Kid).ToHashSet(StringComparer.Ordinal);
        if (own.Any(k => over.Contains(k.KeyId)))
            Log.KeysDeleted(_log, await _directory.RemoveAsync(over, cancellationToken));
        _ring = RingOf(own.Where(k => !over.Contains(k.KeyId)).ToFrozenDictionary(k => k.KeyId, StringComparer.Ordinal), rows, now);
        return rows;
    }

    /// <summary>Whether <see cref="LoadAsync"/> has succeeded once. It does not follow that a key is ripe: see <see cref="WhyNotReady"/>.</summary>
    public bool AreLoaded => _ring is not null;

    /// <summary>Null when this replica can sign with every algorithm; otherwise why not yet, as a sentence. Part of <c>/readyz</c>.</summary>
    public string? WhyNotReady()
    {
        var now = _clock.GetUtcNow();
        foreach (var algorithm in SigningAlgorithms.All)
            if (!TrySigner(algorithm, now, out _, out var why))
                return why;
        return null;
    }

    /// <summary>Whether any own key of <paramref name="algorithm"/> is ripe; the newest ripe one signs.</summary>
    internal bool TrySigner(string algorithm, DateTimeOffset now, [NotNullWhen(true)] out SigningKey? key, out string why)
    {
        key = null;
        if (_ring is not { } ring)
        {
            why = "The signing keys of this replica are not loaded yet. Try again in a moment.";
            return false;
        }

        var mine = ring.Published.Where(p => p.Algorithm == algorithm && p.MaySignAfter(now) && ring.Own.ContainsKey(p.KeyId)).ToList();
        var ripe = mine.Where(p => p.SignsFrom <= now).MaxBy(p => p.SignsFrom);
        key = ripe is null ? null : ring.Own[ripe.KeyId];
        why = key is not null ? "" : mine.Count == 0
            ? $"This replica has no {algorithm} key that may still sign. It makes a new one within a minute; the log says if it cannot."
            : $"This replica's {algorithm} key is new and signs from {Instants.ToText(mine.Min(p => p.SignsFrom))}, when every verifier has had time to see it. Try again then, or at another replica.";
        return key is not null;
    }

    /// <summary>Every key that a verifier must know now, from a view at most <see cref="JwksStaleness"/> old; older only while the database is away.</summary>
    internal async Task<IReadOnlyList<PublishedKey>> PublishedAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return Served();
    }

    /// <summary>Every key there ever was: signatures of the audit are checked for ever. From the same view as <see cref="PublishedAsync"/>.</summary>
    internal async Task<IReadOnlyList<PublishedKey>> EverPublishedAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return _ring?.Published ?? [];
    }

    /// <summary>
    /// The public key of that id; null when there is none. An unknown id makes the table be read again, but at most once per
    /// <see cref="JwksStaleness"/> for all callers together, so that a loop over made-up ids costs nothing (attack I6).
    /// </summary>
    internal async Task<PublishedKey?> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        if (Served().FirstOrDefault(k => k.KeyId == keyId) is { } known)
            return known;
        await RefreshAsync(cancellationToken);
        return Served().FirstOrDefault(k => k.KeyId == keyId);
    }

    public void Dispose() => _refreshing.Dispose();

    private Task<IReadOnlyList<SigningKeyRow>> PublishAsync(IReadOnlyList<SigningKey> own, DateTimeOffset now, CancellationToken cancellationToken) =>
        _store.PublishAsync([.. own.Select(k => k.Jwk)], now, JwksMaxAge + JwksStaleness, _life, cancellationToken);

    /// <summary>No key of this replica is young enough, or none may sign any more.</summary>
    private bool IsDue(string algorithm, IReadOnlyList<SigningKey> own, IReadOnlyList<SigningKeyRow> rows, DateTimeOffset now)
    {
        var kids = own.Where(k => k.Algorithm == algorithm).Select(k => k.KeyId).ToHashSet(StringComparer.Ordinal);
        return !rows.Any(r => kids.Contains(r.Kid) && r.SignsAfter(now) && now < r.SignsFrom + _life.RotateEvery);
    }

    private List<PublishedKey> Served()
    {
        var now = _clock.GetUtcNow();
        return _ring is { } ring ? [.. ring.Published.Where(k => k.IsServedAt(now))] : [];
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (_ring is null || IsFresh(_ring))
            return;
        await _refreshing.WaitAsync(cancellationToken);
        try
        {
            if (_ring is { } ring && !IsFresh(ring))
                _ring = await ReadAgainAsync(ring, cancellationToken);
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private async Task<Ring> ReadAgainAsync(Ring ring, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        try
        {
            return RingOf(ring.Own, await _store.AllAsync(cancellationToken), now);
        }
        catch (DatabaseUnavailableException e)
        {
            // What is known stays true; without it every verifier would go blind for as long as the database is away.
            Log.KeysNotRefreshed(_log, e);
            return ring with { ReadAt = now };
        }
    }

    private bool IsFresh(Ring ring) => (_clock.GetUtcNow() - ring.ReadAt).Duration() < JwksStaleness;

    private Ring RingOf(FrozenDictionary<string, SigningKey> own, IReadOnlyList<SigningKeyRow> rows, DateTimeOffset now)
    {
        var published = new List<PublishedKey>(rows.Count);
        foreach (var row in rows)
            if (Jwk.TryParse(row.Jwk) is { } jwk && jwk.KeyId == row.Kid && jwk.Algorithm == row.Alg)
                published.Add(new PublishedKey(jwk, row.SignsFrom, row.SignsUntil, row.RetiredAt));
            else
                Log.RowIsNoKey(_log, row.Kid);
        return new Ring(own, published, now);
    }

    private sealed record Ring(FrozenDictionary<string, SigningKey> Own, IReadOnlyList<PublishedKey> Published, DateTimeOffset ReadAt);
}

/// <summary>A public key in force.</summary>
internal sealed class PublishedKey(Jwk jwk, DateTimeOffset signsFrom, DateTimeOffset? signsUntil, DateTimeOffset? retiredAt)
{
    public string KeyId => jwk.KeyId;

    public string Algorithm => jwk.Algorithm;

    public Jwk Jwk => jwk;

    public DateTimeOffset SignsFrom => signsFrom;

    /// <summary>For checking signatures, made once.</summary>
    public SecurityKey SecurityKey { get; } = jwk.ToSecurityKey();

    /// <summary>Whether it may sign at some time after now, or already.</summary>
    public bool MaySignAfter(DateTimeOffset now) => IsServedAt(now) && !(signsUntil <= now);

    public bool IsServedAt(DateTimeOffset now) => retiredAt is not { } end || now < end;
}
