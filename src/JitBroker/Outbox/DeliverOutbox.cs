using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Outbox;

/// <summary>
/// Sweep: claims due deliveries, has them sent by their surface, and records what came of it. Sending is outside any transaction; a process that dies
/// between the two leaves a claim that runs out, and the delivery is sent again: at least once, never lost (rule 13).
/// </summary>
public sealed partial class DeliverOutbox(
    Database database, OutboxStore outbox, CopyStore copies, IEnumerable<IDeliverySender> senders, Replica replica, Wakeups wakeups, TimeProvider clock, ILogger<DeliverOutbox> log)
{
    private const int Batch = 50;
    private const int MostAttempts = 12;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>However often it was tried: the chat service may be away for hours, and what it was to be told must not be lost by that.</summary>
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromHours(24);

    private readonly Dictionary<string, IDeliverySender> _senders = senders.ToDictionary(s => s.Surface, StringComparer.Ordinal);

    /// <returns>How many were claimed.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (_senders.Count == 0)
            return 0;
        var total = 0;
        while (true)
        {
            var now = clock.GetUtcNow();
            var until = Instants.Truncate(now + Replica.ClaimFor);
            var claimed = await database.WriteAsync(session => outbox.ClaimAsync(session, replica.Id, now, until, Batch, cancellationToken), cancellationToken);
            await clock.RenewWhileAsync(Task.WhenAll(claimed.Select(d => SendAsync(d, cancellationToken))), later => RenewAsync(claimed, later, cancellationToken), log);
            total += claimed.Count;
            if (claimed.Count < Batch)
                return total;
        }
    }

    private Task RenewAsync(IReadOnlyList<Delivery> claimed, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(session => outbox.RenewAsync(session, claimed, replica.Id, until, cancellationToken), cancellationToken);

    private async Task SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            var copy = delivery.CopyId is null ? null : await database.ReadAsync(session => copies.FindAsync(session, delivery.CopyId, cancellationToken), cancellationToken);
            var outcome = delivery.CopyId is not null && copy is null
                ? new SendOutcome.Moot("The copy is not kept any more.")
                : await TrySendAsync(delivery, copy, cancellationToken);
            await database.WriteAsync(session => RecordAsync(session, delivery, copy, outcome, cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, delivery.Id);
        }
        catch (DatabaseUnavailableException e)
        {
            // The claim runs out and it is sent again.
            LogUnrecorded(log, delivery.Id, e);
        }
    }

    private async Task<SendOutcome> TrySendAsync(Delivery delivery, PostedCopy? copy, CancellationToken cancellationToken)
    {
        if (!_senders.TryGetValue(delivery.Surface, out var sender))
            return new SendOutcome.Dead($"{delivery.Surface} is not switched on.");
        try
        {
            return await sender.SendAsync(delivery, copy, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            LogFailed(log, delivery.Id, delivery.Template, e);
            return copy is null ? new SendOutcome.Uncertain(e.GetType().Name) : new SendOutcome.Later(Pause(delivery.Attempts), e.GetType().Name, IsRateLimit: false);
        }
    }

    private async Task RecordAsync(Session session, Delivery delivery, PostedCopy? copy, SendOutcome outcome, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        switch (outcome)
        {
            case SendOutcome.Sent sent:
                await SettleAsync(session, delivery, DeliveryState.Sent, null, now, cancellationToken);
                await KeepTrueAsync(session, delivery, copy, sent, now, cancellationToken);
                break;
            case SendOutcome.Moot moot:
                await SettleAsync(session, delivery, DeliveryState.Sent, moot.Why, now, cancellationToken);
                break;
            case SendOutcome.Dead dead:
                LogDead(log, delivery.Id, delivery.Template, dead.Why);
                await SettleAsync(session, delivery, DeliveryState.Dead, dead.Why, now, cancellationToken);
                break;
            case SendOutcome.Gone gone:
                await SettleAsync(session, delivery, DeliveryState.Sent, gone.Why, now, cancellationToken);
                await PostAnewAsync(session, delivery, copy!, now, cancellationToken);
                break;
            case SendOutcome.Later later when !later.IsRateLimit && IsGivenUp(delivery, now):
                LogDead(log, delivery.Id, delivery.Template, later.Why);
                await SettleAsync(session, delivery, DeliveryState.Dead, later.Why, now, cancellationToken);
                break;
            case SendOutcome.Later later:
                await PostponeAsync(session, delivery, DeliveryState.Pending, now, later.IsRateLimit ? later.After : Longer(later.After, delivery.Attempts), !later.IsRateLimit, later.Why, cancellationToken);
                break;
            case SendOutcome.Uncertain unsure when IsGivenUp(delivery, now):
                LogDead(log, delivery.Id, delivery.Template, unsure.Why);
                await SettleAsync(session, delivery, DeliveryState.Dead, unsure.Why, now, cancellationToken);
                break;
            case SendOutcome.Uncertain unsure:
                await PostponeAsync(session, delivery, DeliveryState.Uncertain, now, Pause(delivery.Attempts), true, unsure.Why, cancellationToken);
                break;
        }
    }

    /// <summary>Registers a fresh copy, or notes what an edited one shows. If the state moved while it was sent, another edit follows.</summary>
    private async Task KeepTrueAsync(Session session, Delivery delivery, PostedCopy? edited, SendOutcome.Sent sent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!Templates.IsCard(delivery.Template))
            return;
        var revision = await copies.LockRevisionAsync(session, delivery.AboutId, cancellationToken);
        var copy = edited ?? new PostedCopy
        {
            Id = Ids.New(now),
            Surface = delivery.Surface,
            Template = delivery.Template,
            AboutId = delivery.AboutId,
            Recipient = delivery.Recipient,
            Tenant = sent.Tenant,
            Channel = sent.Channel,
            Message = sent.Message,
            Revision = sent.Revision,
            PostedAt = now,
        };
        if (edited is null && !await copies.InsertAsync(session, copy, cancellationToken))
        {
            // Somebody pressed it before its posting was recorded, so it is registered already.
            copy = (await copies.FindAsync(session, copy.Surface, copy.Tenant, copy.Channel, copy.Message, cancellationToken))!;
            if (copy.Revision < sent.Revision)
                await copies.ShowAsync(session, copy.Id, sent.Revision, cancellationToken);
        }
        else if (edited is not null)
            await copies.ShowAsync(session, copy.Id, sent.Revision, cancellationToken);
        if (sent.Revision < revision)
        {
            await outbox.InsertAsync(session, Announcer.EditOf(copy, now), cancellationToken);
            session.AfterCommit(() => wakeups.Pulse(Sweep.DeliverOutbox));
        }
    }

    private async Task PostAnewAsync(Session session, Delivery delivery, PostedCopy copy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await copies.ForgetAsync(session, copy.Id, cancellationToken);
        var post = Announcer.EditOf(copy, now) with { CopyId = null };
        await outbox.InsertAsync(session, post with { Data = delivery.Data }, cancellationToken);
        session.AfterCommit(() => wakeups.Pulse(Sweep.DeliverOutbox));
    }

    private Task SettleAsync(Session session, Delivery delivery, DeliveryState state, string? why, DateTimeOffset now, CancellationToken cancellationToken) =>
        outbox.SettleAsync(session, delivery.Id, replica.Id, state, now, why, cancellationToken);

    private async Task PostponeAsync(
        Session session, Delivery delivery, DeliveryState state, DateTimeOffset now, TimeSpan after, bool counts, string why, CancellationToken cancellationToken)
    {
        var due = Instants.Truncate(now + after);
        if (delivery.CopyId is not null)
        {
            // One edit of a copy waits at a time, also while chat takes none: the youngest, since any shows the newest state.
            if (delivery.Template == Templates.Home)
                await copies.LockAsync(session, delivery.CopyId, cancellationToken);
            else
                await copies.LockRevisionAsync(session, delivery.AboutId, cancellationToken);
            if (await outbox.MakeWayAsync(session, delivery, due, cancellationToken))
            {
                await SettleAsync(session, delivery, DeliveryState.Sent, $"a younger edit takes its place: {why}", now, cancellationToken);
                session.AfterCommit(() => wakeups.DueAt(due));
                return;
            }
        }

        await outbox.PostponeAsync(session, delivery, replica.Id, state, due, counts, why, cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(due));
    }

    private static bool IsGivenUp(Delivery delivery, DateTimeOffset now) => delivery.Attempts + 1 >= MostAttempts && now - delivery.CreatedAt > LongestAbsence;

    private static TimeSpan Longer(TimeSpan after, int attempts) => Pause(attempts) > after ? Pause(attempts) : after;

    private static TimeSpan Pause(int attempts)
    {
        var seconds = Math.Pow(2, Math.Min(attempts, 10));
        return seconds > LongestPause.TotalSeconds ? LongestPause : TimeSpan.FromSeconds(seconds);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Delivery {DeliveryId} was interrupted by the stop; it is sent again after its claim runs out")]
    private static partial void LogStopped(ILogger log, string deliveryId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What came of delivery {DeliveryId} could not be recorded; it is sent again after its claim runs out")]
    private static partial void LogUnrecorded(ILogger log, string deliveryId, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivery {DeliveryId} ({Template}) failed unexpectedly")]
    private static partial void LogFailed(ILogger log, string deliveryId, string template, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Delivery {DeliveryId} ({Template}) is given up: {Why}")]
    private static partial void LogDead(ILogger log, string deliveryId, string template, string why);
}
