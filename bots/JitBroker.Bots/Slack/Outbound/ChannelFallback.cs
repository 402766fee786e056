using System.Collections.Concurrent;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary>A channel takes no card: the approvers are told one by one instead, and operations that the channel needs a hand (chat-wire A14).</summary>
internal sealed class ChannelFallback(SlackOptions options, SlackCalls calls, SlackPeople people, Database database, OutboxStore outbox, Wakeups wakeups, TimeProvider clock)
{
    private static readonly TimeSpan ComplainEvery = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _complained = new(StringComparer.Ordinal);

    /// <summary>New deliveries take the refused one's place in one transaction.</summary>
    public async Task<SendOutcome> TellApproversAsync(Delivery delivery, RequestStory story, string why, CancellationToken cancellationToken)
    {
        var channel = Recipients.ChannelOf(delivery.Recipient)!;
        var approvers = (story.IsEmergency ? story.Bench.Skipped : story.Bench.Awaited).Select(a => a.Person.Email).Where(e => people.AccountOf(e) is not null).Take(Announcer.DirectMessages).ToList();
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
        await ComplainAsync(channel, why, approvers.Count, now, cancellationToken);
        return new SendOutcome.Dead($"{channel}: {why}; {approvers.Count} approvers are told by direct message");
    }

    private async Task ComplainAsync(string channel, string why, int told, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (options.OperationsChannel.Length == 0 || options.OperationsChannel == channel)
            return;
        if (_complained.TryGetValue(channel, out var last) && now - last < ComplainEvery)
            return;
        _complained[channel] = now;
        await calls.PostAsync(options.OperationsChannel, MessageRenderer.Render(Notices.ChannelRefused(channel, why, told)), about: null, Urgency.Notification, cancellationToken);
    }
}
