using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using JitBroker.Issuers.Kafka.Wire.Calls;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>
/// A Kafka cluster by the servers that the catalog names. Only those are ever called: what a broker says about other addresses is read, and not followed. Any broker
/// takes the admin calls and passes them on to the controller (KRaft); where only the controller does, the named servers are tried in turn.
/// </summary>
internal sealed class Cluster(IReadOnlyList<BrokerAddress> servers, WayIn way, BrokerConnections connections, TimeProvider clock)
{
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    // The server that answered last; a hint, so a race about it does no harm.
    private int _good;

    public IReadOnlyList<BrokerAddress> Servers => servers;

    public bool IsTls => way.IsTls;

    /// <summary>
    /// The answer of the first server that takes the call. What was refused undone for want of a controller is tried again there and elsewhere, for about a second;
    /// a call that may have been done is not.
    /// </summary>
    /// <exception cref="RefusedException">It was understood and refused.</exception>
    /// <exception cref="UnreachableException">No server could be called.</exception>
    public async Task<TAnswer> CallAsync<TAnswer>(ApiCall<TAnswer> call, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            var connection = await TakeAsync(cancellationToken);
            var answer = await OnAsync(connection, call, cancellationToken);
            var error = call.ErrorOf(answer);
            if (error == ErrorCode.None)
                return answer;
            if (!IsUndone(error) || attempt == Attempts)
                throw new RefusedException(call.Name, error, connection.Address);
            await SeekControllerAsync(cancellationToken);
            await Task.Delay(pause, clock, cancellationToken);
            pause *= 2;
        }
    }

    /// <summary>The answer of each named server that can be called, and why the others could not be.</summary>
    public async Task<(IReadOnlyList<TAnswer> Answers, IReadOnlyList<(BrokerAddress Server, Exception Why)> Silent)> CallEachAsync<TAnswer>(ApiCall<TAnswer> call, CancellationToken cancellationToken)
    {
        var tried = await Task.WhenAll(servers.Select(server => TryAsync(server, call, cancellationToken)));
        return ([.. tried.Where(t => t.Why is null).Select(t => t.Answer!)], [.. tried.Where(t => t.Why is not null).Select(t => (t.Server, t.Why!))]);
    }

    /// <summary>On a connection without a login, as somebody new would have it: what the first server that answers has to say.</summary>
    public async Task<TAnswer> AsStrangerAsync<TAnswer>(Func<BrokerConnection, Task<TAnswer>> ask, CancellationToken cancellationToken)
    {
        Exception? last = null;
        foreach (var server in servers)
        {
            try
            {
                await using var connection = await BrokerConnection.OpenAsync(server, way, clock, cancellationToken);
                return await ask(connection);
            }
            catch (Exception e) when (IsTrouble(e))
            {
                last = e;
            }
        }

        throw new UnreachableException(this, last);
    }

    /// <summary>What a server or the way to it can do to us; anything else is a bug.</summary>
    public static bool IsTrouble(Exception e) =>
        e is IOException or SocketException or TimeoutException or WireException or WayInException or RefusedException or UnreachableException or AuthenticationException;

    public override string ToString() => string.Join(',', servers);

    private async Task<(BrokerAddress Server, TAnswer? Answer, Exception? Why)> TryAsync<TAnswer>(BrokerAddress server, ApiCall<TAnswer> call, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await OnAsync(await connections.TakeAsync(server, way, cancellationToken), call, cancellationToken);
            var error = call.ErrorOf(answer);
            return error == ErrorCode.None ? (server, answer, null) : (server, default, new RefusedException(call.Name, error, server));
        }
        catch (Exception e) when (IsTrouble(e))
        {
            return (server, default, e);
        }
    }

    private async Task<TAnswer> OnAsync<TAnswer>(BrokerConnection connection, ApiCall<TAnswer> call, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.CallAsync(call, cancellationToken);
        }
        finally
        {
            await connections.GiveBackAsync(connection, way);
        }
    }

    private async Task<BrokerConnection> TakeAsync(CancellationToken cancellationToken)
    {
        Exception? last = null;
        var first = _good;
        foreach (var at in Enumerable.Range(0, servers.Count).Select(i => (first + i) % servers.Count).OrderBy(i => connections.IsSuspect(servers[i])))
        {
            try
            {
                var connection = await connections.TakeAsync(servers[at], way, cancellationToken);
                _good = at;
                return connection;
            }
            catch (Exception e) when (IsTrouble(e))
            {
                last = e;
            }
        }

        throw new UnreachableException(this, last);
    }

    /// <summary>The named server that is the controller goes first, if a broker knows; otherwise the next one.</summary>
    private async Task SeekControllerAsync(CancellationToken cancellationToken)
    {
        _good = (_good + 1) % servers.Count;
        try
        {
            var metadata = await OnAsync(await TakeAsync(cancellationToken), new MetadataCall(), cancellationToken);
            for (var i = 0; metadata.Controller is { } controller && i < servers.Count; i++)
                if (servers[i].Port == controller.Port && string.Equals(servers[i].Host, controller.Host, StringComparison.OrdinalIgnoreCase))
                    _good = i;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            _good = (_good + 1) % servers.Count;
        }
    }

    private static bool IsUndone(ErrorCode error) =>
        error is ErrorCode.NotController or ErrorCode.BrokerNotAvailable or ErrorCode.LeaderNotAvailable or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress;
}

/// <summary>A broker understood a call and said no.</summary>
internal sealed class RefusedException(string call, ErrorCode error, BrokerAddress server) : Exception(string.Create(CultureInfo.InvariantCulture, $"{server} refused {call}: {Name(error)} ({(short)error})."))
{
    public ErrorCode Error => error;

    public BrokerAddress Server => server;

    private static string Name(ErrorCode error) => Enum.IsDefined(error) ? error.ToString() : "an error that this broker does not know";
}

/// <summary>None of a cluster's servers could be called. The reason is that of the last one.</summary>
internal sealed class UnreachableException(Cluster cluster, Exception? last) : Exception($"None of {cluster} could be called.", last);
