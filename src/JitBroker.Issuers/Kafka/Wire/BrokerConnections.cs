using System.Collections.Concurrent;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>
/// Logged-in connections that nobody uses just now. Getting in costs four round trips and thousands of hashes; a mint should not. A cache and nothing else: kept per
/// server and way in, so that a changed password begins anew; few, and not for long; looked at before each use.
/// </summary>
internal sealed class BrokerConnections(TimeProvider clock) : IAsyncDisposable
{
    /// <summary>As many mints or ends as a lane has under way at a time, each of which makes two calls at once.</summary>
    private const int MostPerServer = 16;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GrudgeTime = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<(BrokerAddress, WayIn), ConcurrentStack<Idle>> _idle = new();
    private readonly ConcurrentDictionary<BrokerAddress, long> _failedAt = new();
    private volatile bool _isClosed;

    /// <summary>One for the caller alone, to be given back or disposed of.</summary>
    public async Task<BrokerConnection> TakeAsync(BrokerAddress address, WayIn way, CancellationToken cancellationToken)
    {
        await SweepAsync();
        while (_idle.TryGetValue((address, way), out var stack) && stack.TryPop(out var idle))
        {
            if (IsFresh(idle))
                return idle.Connection;
            await idle.Connection.DisposeAsync();
        }

        try
        {
            var connection = await LogIn.OpenAsync(address, way, clock, cancellationToken);
            _failedAt.TryRemove(address, out _);
            return connection;
        }
        catch (Exception e) when (Cluster.IsTrouble(e))
        {
            _failedAt[address] = clock.GetTimestamp();
            throw;
        }
    }

    /// <summary>Whether it could not be called a moment ago: others go first, so that a dead server costs one call and not each.</summary>
    public bool IsSuspect(BrokerAddress address) => _failedAt.TryGetValue(address, out var at) && clock.GetElapsedTime(at) < GrudgeTime;

    public async ValueTask GiveBackAsync(BrokerConnection connection, WayIn way)
    {
        var stack = _idle.GetOrAdd((connection.Address, way), static _ => new());
        if (_isClosed || !connection.IsUsable || stack.Count >= MostPerServer)
            await connection.DisposeAsync();
        else
            stack.Push(new Idle(connection, clock.GetTimestamp()));
    }

    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        foreach (var stack in _idle.Values)
            while (stack.TryPop(out var idle))
                await idle.Connection.DisposeAsync();
    }

    private bool IsFresh(Idle idle) => clock.GetElapsedTime(idle.Since) < Longest && idle.Connection.IsUsable;

    /// <summary>What nobody asks for any more, such as an old password's, goes too.</summary>
    private async Task SweepAsync()
    {
        foreach (var stack in _idle.Values)
        {
            // The oldest lies lowest, so one that is fresh on top may hide stale ones; they are found when they are taken.
            while (stack.TryPeek(out var top) && !IsFresh(top) && stack.TryPop(out var stale))
                await stale.Connection.DisposeAsync();
        }
    }

    private sealed record Idle(BrokerConnection Connection, long Since);
}
