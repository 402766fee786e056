using JitBroker.Grants;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Catalog.Reloading;

/// <summary>
/// Keeps this replica under the catalog in force, which the database names, and brings in what its own file says once that has changed. Run each second.
/// A file speaks only when it changes, and an earlier catalog only from a replica that was up to date; so replicas whose files differ do not argue.
/// </summary>
public sealed partial class ReloadCatalog : IDisposable
{
    /// <summary>A broken file is checked again that often: what it lacks may be a secret that has come.</summary>
    internal static readonly TimeSpan CheckAgain = TimeSpan.FromSeconds(30);

    private readonly Database _database;
    private readonly CatalogStore _store;
    private readonly EndDueGrants _grants;
    private readonly AcceptCatalog _accept;
    private readonly TakeCatalog _take;
    private readonly RefuseCatalog _refuse;
    private readonly CatalogHolder _holder;
    private readonly CatalogStanding _standing;
    private readonly CatalogReloadOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly CatalogFileWatch _file;
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private string? _followed;
    private long _checked;
    private long? _conformAgain;

    public ReloadCatalog(
        Database database, CatalogStore store, EndDueGrants grants, AcceptCatalog accept, TakeCatalog take, RefuseCatalog refuse, CatalogHolder holder, CatalogStanding standing,
        CatalogReloadOptions options, TimeProvider clock, ILogger<ReloadCatalog> log)
    {
        (_database, _store, _grants, _accept, _take, _refuse) = (database, store, grants, accept, take, refuse);
        (_holder, _standing, _options, _clock, _log) = (holder, standing, options, clock, log);
        _file = new CatalogFileWatch(options, clock);
    }

    /// <summary>Before anything is made: looks at the file, which a first start needs.</summary>
    /// <exception cref="CatalogUnusableException">It cannot be served under.</exception>
    public void CheckFile()
    {
        if (_file.Read().Load(_options.Options) is { Snapshot: null } unusable)
            throw new CatalogUnusableException(unusable.Problems);
    }

    /// <summary>
    /// Before anything is served: takes the catalog in force, or, on the first start ever, the file. Everything the catalog does not carry is ended, whether or not it
    /// is news, as the process may have died in between. May be run again after a failure.
    /// </summary>
    /// <exception cref="CatalogUnusableException">There is no catalog that could be served under.</exception>
    /// <exception cref="DatabaseUnavailableException">Try again.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var reading = _file.Read();
        var own = reading.Load(_options.Options);
        var inForce = await InForceAsync(cancellationToken);
        if (inForce is null && own.Snapshot is { } first && await _accept.HandleAsync(first, null, null, [], cancellationToken) == Acceptance.Overtaken)
            inForce = await InForceAsync(cancellationToken);
        var snapshot = inForce is null || inForce.Hash == own.Snapshot?.Hash ? own.Snapshot : StoredCatalogs.Load(inForce.Text, _options.Options).Snapshot;
        if (snapshot is null && inForce is not null && own.Snapshot is not null)
            snapshot = await ReplacedAsync(own.Snapshot, inForce.Hash, cancellationToken);
        await TakeAsync(snapshot ?? throw new CatalogUnusableException(own.Problems), cancellationToken);
        if (own.Snapshot?.Hash == snapshot.Hash)
            Settled(reading, snapshot.Hash);
        else
            await JudgeAsync(reading, own, mayGoBack: _options.IsAlone, cancellationToken);
    }

    /// <summary>Follows the database, then looks at the file.</summary>
    /// <exception cref="DatabaseUnavailableException">The catalog stays; run it again.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await FollowAsync(cancellationToken);
            if (_standing.CannotFollow is null && (_file.Look() ?? BrokenStill()) is { } reading)
                await JudgeAsync(reading, reading.Load(_options.Options), mayGoBack: _followed == _holder.Current.Hash, cancellationToken);
            if (_conformAgain is { } since && _clock.GetElapsedTime(since) >= CheckAgain)
            {
                await _take.ConformAsync(cancellationToken);
                _conformAgain = null;
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Takes over what has come into force, now.</summary>
    /// <returns>What it ended, or null when it was taken over before.</returns>
    public async Task<Conformed?> FollowNowAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await FollowAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private Task<AcceptedCatalog?> InForceAsync(CancellationToken cancellationToken) => _database.ReadAsync(session => _store.CurrentAsync(session, cancellationToken), cancellationToken);

    /// <summary>Another replica, or an admin, brought a catalog into force.</summary>
    private async Task<Conformed?> FollowAsync(CancellationToken cancellationToken)
    {
        var hash = await _database.ReadAsync(session => _store.CurrentHashAsync(session, cancellationToken), cancellationToken);
        if (hash is null || hash == _holder.Current.Hash)
        {
            _standing.CannotFollow = null;
            return null;
        }

        var inForce = await InForceAsync(cancellationToken);
        var loaded = StoredCatalogs.Load(inForce!.Text, _options.Options);
        if (loaded.Snapshot is not { } snapshot)
        {
            if (_standing.CannotFollow is null)
                LogCannotFollow(_log, CatalogStanding.Short(hash), loaded.Problems[0]);
            _standing.CannotFollow = $"Catalog {CatalogStanding.Short(hash)} is in force, and this replica cannot take it over; its log says why.";
            return null;
        }

        var conformed = await TakeAsync(snapshot, cancellationToken);
        _standing.CannotFollow = null;
        Compare(snapshot.Hash);
        return conformed;
    }

    /// <summary>What the file, which has not changed, is to a catalog that has just come into force.</summary>
    private void Compare(string inForce)
    {
        switch (_standing.File)
        {
            case FileStanding.Held held when held.Hash == inForce:
            case FileStanding.Earlier earlier when earlier.Hash == inForce:
                (_standing.File, _followed) = (new FileStanding.InForce(), inForce);
                break;
            case FileStanding.InForce when _followed is not null && _followed != inForce:
                _standing.File = new FileStanding.Earlier(_followed);
                break;
        }
    }

    private async Task JudgeAsync(CatalogReading reading, CatalogLoadResult loaded, bool mayGoBack, CancellationToken cancellationToken)
    {
        if (loaded.Snapshot is not { } next)
        {
            await BrokenAsync(reading, loaded.Problems, cancellationToken);
            return;
        }

        var inForce = _holder.Current;
        if (next.Hash == inForce.Hash)
        {
            Settled(reading, next.Hash);
            return;
        }

        if (!mayGoBack && await WasInForceAsync(next.Hash, cancellationToken))
        {
            LogEarlier(_log, CatalogStanding.Short(next.Hash), CatalogStanding.Short(inForce.Hash), CatalogStanding.Short(next.Hash));
            _standing.File = new FileStanding.Earlier(next.Hash);
            _file.Known(reading);
            return;
        }

        var effect = CatalogBrake.Of(inForce, next, await _grants.NotCarriedAsync(next, cancellationToken));
        if (effect.IsHeld || await WaitsAsync(next.Hash, cancellationToken))
        {
            await _refuse.HeldAsync(next, effect, inForce, cancellationToken);
            _standing.File = new FileStanding.Held(next.Hash);
            _file.Known(reading);
            return;
        }

        // Overtaken: the next run follows first and judges anew.
        if (await _accept.HandleAsync(next, inForce.Hash, null, [], cancellationToken) == Acceptance.Overtaken)
            return;
        await TakeAsync(next, cancellationToken);
        Settled(reading, next.Hash);
    }

    private async Task BrokenAsync(CatalogReading reading, IReadOnlyList<CatalogProblem> problems, CancellationToken cancellationToken)
    {
        _checked = _clock.GetTimestamp();
        if (_standing.File is not FileStanding.Broken before || !before.Problems.SequenceEqual(problems))
            await _refuse.BrokenAsync(problems, cancellationToken);
        _standing.File = new FileStanding.Broken(problems);
        _file.Known(reading);
    }

    private void Settled(CatalogReading reading, string hash)
    {
        if (_standing.File is not FileStanding.InForce)
            LogFineAgain(_log, CatalogStanding.Short(hash));
        (_standing.File, _followed) = (new FileStanding.InForce(), hash);
        _file.Known(reading);
    }

    private async Task<Conformed> TakeAsync(CatalogSnapshot catalog, CancellationToken cancellationToken)
    {
        var conformed = await _take.HandleAsync(catalog, cancellationToken);
        _conformAgain = _clock.GetTimestamp();
        return conformed;
    }

    /// <summary>The catalog in force cannot be read by this build or under these settings, but the file can: it replaces it, unless that would end a lot.</summary>
    private async Task<CatalogSnapshot?> ReplacedAsync(CatalogSnapshot own, string inForce, CancellationToken cancellationToken)
    {
        var effect = CatalogBrake.Of(null, own, await _grants.NotCarriedAsync(own, cancellationToken));
        if (effect.Ends.Count > CatalogBrake.MostEnded)
            throw new CatalogUnusableException([new CatalogProblem(
                _options.Path, 0, 0, "", null, $"The catalog in force cannot be read any more, and this one would end {effect.Ends.Count} live grants",
                "Start once with a catalog that still carries them, or with the settings of before.")]);
        return await _accept.HandleAsync(own, inForce, null, [], cancellationToken) == Acceptance.Overtaken ? null : own;
    }

    private CatalogReading? BrokenStill()
    {
        if (_standing.File is not FileStanding.Broken || _clock.GetElapsedTime(_checked) < CheckAgain)
            return null;
        var reading = _file.Read();
        return _file.IsKnown(reading) ? reading : null;
    }

    private async Task<bool> WasInForceAsync(string hash, CancellationToken cancellationToken) =>
        (await _database.ReadAsync(session => _store.BeginningAsync(session, hash, cancellationToken), cancellationToken)).Count > 0;

    private async Task<bool> WaitsAsync(string hash, CancellationToken cancellationToken) =>
        (await _database.ReadAsync(session => _store.ProposedBeginningAsync(session, hash, cancellationToken), cancellationToken)).Count > 0;

    [LoggerMessage(Level = LogLevel.Information, Message = "The catalog file is the catalog in force again ({CatalogHash})")]
    private static partial void LogFineAgain(ILogger log, string catalogHash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The catalog file ({CatalogHash}) is an earlier catalog than the one in force ({InForce}), which this replica had not yet followed; it is not gone back to. If that is meant: jit catalog accept {Hash}")]
    private static partial void LogEarlier(ILogger log, string catalogHash, string inForce, string hash);

    [LoggerMessage(Level = LogLevel.Critical, Message = "Catalog {CatalogHash} is in force, and this replica cannot take it over: {Problem} It is not ready until then")]
    private static partial void LogCannotFollow(ILogger log, string catalogHash, CatalogProblem problem);
}
