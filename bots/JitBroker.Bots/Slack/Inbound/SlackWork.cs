using System.Collections.Concurrent;
using System.Threading.Channels;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Works on acknowledged deliveries in the background, a bounded number at a time and waiting. What opens a form has lanes of its own, since its trigger
/// lives three seconds. What does not fit, fails or dies with the process stays in the inbox for <see cref="WorkInbox"/>; what waits or is worked on here stays claimed.
/// </summary>
internal sealed partial class SlackWork(
    Database database, InboxStore inbox, SlackHandlers handlers, PrivateAnswers answers, Replica replica, Wakeups wakeups, TimeProvider clock, ILogger<SlackWork> log) : BackgroundService
{
    private const int Waiting = 2000;
    private const int Lanes = 8;
    private const int TriggerLanes = 16;

    /// <summary>How often a delivery is worked on before it is given up.</summary>
    public const int MostAttempts = 5;

    private readonly Channel<SlackDelivery> _rest = Bounded();
    private readonly Channel<SlackDelivery> _triggers = Bounded();
    private readonly ConcurrentDictionary<string, bool> _held = new(StringComparer.Ordinal);

    /// <summary>Nothing waits or is worked on in this process.</summary>
    public bool IsIdle => _held.IsEmpty;

    /// <summary>Never waits. A delivery that finds no room is taken from the inbox when its claim has run out.</summary>
    public void Post(SlackDelivery delivery)
    {
        _held[delivery.Id] = true;
        if ((SlackHandlers.NeedsTrigger(delivery) ? _triggers : _rest).Writer.TryWrite(delivery))
            return;
        _held.TryRemove(delivery.Id, out _);
        LogFull(log, delivery.Id);
    }

    /// <summary>Works on one delivery to its end, its failure or its death.</summary>
    public async Task WorkAsync(SlackDelivery delivery, int attempts, CancellationToken cancellationToken)
    {
        _held[delivery.Id] = true;
        try
        {
            await handlers.HandleAsync(delivery, isLate: attempts > 0, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, delivery.Id);
        }
        catch (Exception e)
        {
            await FailedAsync(delivery, attempts + 1, e, cancellationToken);
        }
        finally
        {
            _held.TryRemove(delivery.Id, out _);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => clock.RenewWhileAsync(
        Task.WhenAll(
            Enumerable.Range(0, Lanes).Select(_ => RunAsync(_rest.Reader, stoppingToken))
                .Concat(Enumerable.Range(0, TriggerLanes).Select(_ => RunAsync(_triggers.Reader, stoppingToken)))),
        until => RenewAsync(until, stoppingToken),
        log);

    private async Task RenewAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        var held = _held.Keys;
        if (held.Count > 0)
            await database.WriteAsync(session => inbox.RenewAsync(session, [.. held], replica.Id, until, cancellationToken), cancellationToken);
    }

    private async Task RunAsync(ChannelReader<SlackDelivery> deliveries, CancellationToken cancellationToken)
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

    private async Task FailedAsync(SlackDelivery delivery, int attempts, Exception why, CancellationToken cancellationToken)
    {
        var isDead = attempts >= MostAttempts;
        var now = clock.GetUtcNow();
        var reference = Ids.New(now);
        LogFailed(log, delivery.Id, delivery.Kind, attempts, reference, why);
        var again = Instants.Truncate(now + TimeSpan.FromSeconds(1 << attempts));
        try
        {
            await database.WriteAsync(session => inbox.FailAsync(session, delivery.Id, isDead, again, why.GetType().Name, cancellationToken), cancellationToken);
            wakeups.DueAt(again);
            if (isDead)
                await answers.SayAsync(delivery, Refused.Broken(reference), replaceOriginal: false, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The claim runs out and the delivery is worked on again.
            LogUnrecorded(log, delivery.Id, e);
        }
    }

    private static Channel<SlackDelivery> Bounded() => Channel.CreateBounded<SlackDelivery>(new BoundedChannelOptions(Waiting) { FullMode = BoundedChannelFullMode.Wait });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Too much waits: delivery {DeliveryId} is worked on later, from the inbox")]
    private static partial void LogFull(ILogger log, string deliveryId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Work on delivery {DeliveryId} was interrupted by the stop; it is taken up again after its claim runs out")]
    private static partial void LogStopped(ILogger log, string deliveryId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work on delivery {DeliveryId} ({Kind}) failed, attempt {Attempt}, ref {Reference}")]
    private static partial void LogFailed(ILogger log, string deliveryId, string kind, int attempt, string reference, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The failure of delivery {DeliveryId} could not be recorded; it is worked on again after its claim runs out")]
    private static partial void LogUnrecorded(ILogger log, string deliveryId, Exception exception);
}
