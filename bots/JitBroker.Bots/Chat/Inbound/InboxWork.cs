using System.Collections.Concurrent;
using System.Threading.Channels;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Chat;

/// <summary>Something a chat service told us, that has its row in the inbox.</summary>
internal interface IInboxDelivery
{
    /// <summary>The id of its row.</summary>
    string DeliveryId { get; }

    string Kind { get; }
}

/// <summary>How a surface works on what the inbox holds.</summary>
internal interface IInboxWork
{
    /// <summary><c>slack</c> or <c>teams</c>.</summary>
    string Surface { get; }

    /// <summary>Works on a delivery that was tried or abandoned at least once.</summary>
    Task WorkAgainAsync(InboxItem item, CancellationToken cancellationToken);
}

/// <summary>
/// Works on acknowledged deliveries in the background, a bounded number at a time and waiting. What cannot wait has lanes of its own. What does not fit, fails or dies with the process stays
/// in the inbox for <see cref="WorkInbox"/>; what waits or is worked on here stays claimed.
/// </summary>
internal abstract class InboxWork<TDelivery>(Database database, InboxStore inbox, Replica replica, Wakeups wakeups, TimeProvider clock, ILogger log) : BackgroundService, IInboxWork
    where TDelivery : class, IInboxDelivery
{
    private const int Waiting = 2000;
    private const int Lanes = 8;
    private const int UrgentLanes = 16;

    /// <summary>How often a delivery is worked on before it is given up.</summary>
    private const int MostAttempts = 5;

    private readonly Channel<TDelivery> _rest = Bounded();
    private readonly Channel<TDelivery> _urgent = Bounded();
    private readonly ConcurrentDictionary<string, bool> _held = new(StringComparer.Ordinal);

    public abstract string Surface { get; }

    /// <summary>Nothing waits or is worked on in this process.</summary>
    public bool IsIdle => _held.IsEmpty;

    /// <summary>Whether it must be worked on within seconds.</summary>
    protected abstract bool IsUrgent(TDelivery delivery);

    /// <summary>Does what it asks for; finishes its row in the transaction of the effect, where there is one.</summary>
    protected abstract Task ActAsync(TDelivery delivery, bool isLate, CancellationToken cancellationToken);

    /// <summary>Whether two deliveries are one person's typing the same.</summary>
    protected abstract bool IsTypedAgain(TDelivery earlier, TDelivery later);

    /// <summary>Tells its person in private that it is given up.</summary>
    protected abstract Task SayBrokenAsync(TDelivery delivery, string reference, CancellationToken cancellationToken);

    /// <exception cref="InvalidOperationException">The row was tampered with.</exception>
    protected abstract TDelivery Stored(InboxItem item);

    /// <summary>Never waits. A delivery that finds no room is taken from the inbox when its claim has run out.</summary>
    public void Post(TDelivery delivery)
    {
        _held[delivery.DeliveryId] = true;
        if ((IsUrgent(delivery) ? _urgent : _rest).Writer.TryWrite(delivery))
            return;
        _held.TryRemove(delivery.DeliveryId, out _);
        InboxLog.Full(log, delivery.DeliveryId);
    }

    public Task WorkAgainAsync(InboxItem item, CancellationToken cancellationToken) => WorkAsync(Stored(item), Math.Max(1, item.Attempts), cancellationToken);

    /// <summary>Works on one delivery to its end, its failure or its death.</summary>
    public async Task WorkAsync(TDelivery delivery, int attempts, CancellationToken cancellationToken)
    {
        _held[delivery.DeliveryId] = true;
        try
        {
            await HandleAsync(delivery, isLate: attempts > 0, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            InboxLog.Stopped(log, delivery.DeliveryId);
        }
        catch (Exception e)
        {
            await FailedAsync(delivery, attempts + 1, e, cancellationToken);
        }
        finally
        {
            _held.TryRemove(delivery.DeliveryId, out _);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => clock.RenewWhileAsync(
        Task.WhenAll(
            Enumerable.Range(0, Lanes).Select(_ => RunAsync(_rest.Reader, stoppingToken))
                .Concat(Enumerable.Range(0, UrgentLanes).Select(_ => RunAsync(_urgent.Reader, stoppingToken)))),
        until => RenewAsync(until, stoppingToken),
        log);

    /// <param name="isLate">It was received a while ago, maybe by a process that died.</param>
    private async Task HandleAsync(TDelivery delivery, bool isLate, CancellationToken cancellationToken)
    {
        var isOvertaken = false;
        if (isLate)
        {
            if (await database.ReadAsync(session => inbox.FindAsync(session, delivery.DeliveryId, cancellationToken), cancellationToken) is not { State: "received" } late)
                return;
            isOvertaken = await WasTypedAgainAsync(delivery, late, cancellationToken);
        }

        if (isOvertaken)
            InboxLog.TypedAgain(log, delivery.DeliveryId);
        else
            await ActAsync(delivery, isLate, cancellationToken);
        await database.WriteAsync(session => inbox.FinishAsync(session, delivery.DeliveryId, null, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// Whose command got no answer types it again, and may have had and given back what it asks for by the time that the first one is taken over: it must not be asked for once more.
    /// </summary>
    private async Task<bool> WasTypedAgainAsync(TDelivery delivery, InboxItem late, CancellationToken cancellationToken)
    {
        if (!IsTypedAgain(delivery, delivery))
            return false;
        var later = await database.ReadAsync(session => inbox.LaterAsync(session, late, cancellationToken), cancellationToken);
        return later.Select(Stored).Any(again => IsTypedAgain(delivery, again));
    }

    private async Task RenewAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        var held = _held.Keys;
        if (held.Count > 0)
            await database.WriteAsync(session => inbox.RenewAsync(session, [.. held], replica.Id, until, cancellationToken), cancellationToken);
    }

    private async Task RunAsync(ChannelReader<TDelivery> deliveries, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var delivery in deliveries.ReadAllAsync(cancellationToken))
                await WorkAsync(delivery, 0, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops; what still waits is in the inbox.
            return;
        }
    }

    private async Task FailedAsync(TDelivery delivery, int attempts, Exception why, CancellationToken cancellationToken)
    {
        var isDead = attempts >= MostAttempts;
        var now = clock.GetUtcNow();
        var reference = Ids.New(now);
        InboxLog.Failed(log, delivery.DeliveryId, delivery.Kind, attempts, reference, why);
        var again = Instants.Truncate(now + TimeSpan.FromSeconds(1 << attempts));
        try
        {
            await database.WriteAsync(session => inbox.FailAsync(session, delivery.DeliveryId, isDead, again, why.GetType().Name, cancellationToken), cancellationToken);
            wakeups.DueAt(again);
            if (isDead)
                await SayBrokenAsync(delivery, reference, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The claim runs out and the delivery is worked on again.
            InboxLog.Unrecorded(log, delivery.DeliveryId, e);
        }
    }

    private static Channel<TDelivery> Bounded() => Channel.CreateBounded<TDelivery>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.Wait });
}

internal static partial class InboxLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Too much waits: delivery {DeliveryId} is worked on later, from the inbox")]
    public static partial void Full(ILogger log, string deliveryId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Work on delivery {DeliveryId} was interrupted by the stop; it is taken up again after its claim runs out")]
    public static partial void Stopped(ILogger log, string deliveryId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId} was taken over late, and its person has typed the same again since: only that is worked on")]
    public static partial void TypedAgain(ILogger log, string deliveryId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work on delivery {DeliveryId} ({Kind}) failed, attempt {Attempt}, ref {Reference}")]
    public static partial void Failed(ILogger log, string deliveryId, string kind, int attempt, string reference, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The failure of delivery {DeliveryId} could not be recorded; it is worked on again after its claim runs out")]
    public static partial void Unrecorded(ILogger log, string deliveryId, Exception exception);
}
