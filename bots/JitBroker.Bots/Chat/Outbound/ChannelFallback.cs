using System.Collections.Concurrent;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>A channel takes no card: the approvers are told one by one instead, and operations that the channel needs a hand (chat-wire A14).</summary>
internal sealed class ChannelFallback(Database database, OutboxStore outbox, Wakeups wakeups, TimeProvider clock)
{
    private static readonly TimeSpan ComplainEvery = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _complained = new(StringComparer.Ordinal);

    /// <summary>New deliveries take the refused one's place in one transaction.</summary>
    /// <param name="isReachable">Whether a person, by e-mail, has an account on the surface.</param>
    /// <param name="complain">Tells operations; called once an hour for each channel.</param>
    public async Task<SendOutcome> TellApproversAsync(
        Delivery delivery, RequestStory story, string why, Func<string, bool> isReachable, Func<ChatMessage, Task> complain, CancellationToken cancellationToken)
    {
        var channel = Recipients.ChannelOf(delivery.Recipient)!;
        var approvers = (story.IsEmergency ? story.Bench.Skipped : story.Bench.Awaited).Select(a => a.Person.Email).Where(isReachable).Take(Announcer.DirectMessages).ToList();
        var now = clock.GetUtcNow();
        await database.WriteAsync(
            async session =>
            {
                foreach (var email in approvers)
                {
                    await outbox.InsertAsync(
                        session,
                        delivery with { Id = Ids.New(now), Recipient = Recipients.Person(email), CreatedAt = now, NextAttemptAt = now, Attempts = 0, LastError = null, SettledAt = null },
                        cancellationToken);
                }

                session.AfterCommit(() => wakeups.Pulse(Sweep.DeliverOutbox));
            },
            cancellationToken);
        if (IsTimeToComplain(channel, now))
            await complain(Notices.ChannelRefused(channel, why, approvers.Count));
        return new SendOutcome.Dead($"{channel}: {why}; {approvers.Count} approvers are told by direct message");
    }

    private bool IsTimeToComplain(string channel, DateTimeOffset now)
    {
        if (_complained.TryGetValue(channel, out var last) && now - last < ComplainEvery)
            return false;
        _complained[channel] = now;
        return true;
    }
}
