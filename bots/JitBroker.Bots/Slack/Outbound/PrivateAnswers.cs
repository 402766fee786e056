using System.Collections.Concurrent;
using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Tells one person something where only they see it: through the delivery's <c>response_url</c> (or over their Home), else an ephemeral message in the channel, else a direct
/// message. A <c>response_url</c> is a bearer secret: kept in memory for its half hour, never stored; after a restart the other ways are left.
/// </summary>
internal sealed partial class PrivateAnswers(SlackOptions options, SlackCalls calls, TimeProvider clock, ILogger<PrivateAnswers> log)
{
    private const int MostUses = 5;
    private const int Rounds = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int MostKept = 50_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<string, Kept> _urls = new(StringComparer.Ordinal);

    /// <summary>Remembers where a delivery may be answered; an address that is not Slack's is dropped.</summary>
    public void Remember(string deliveryId, string? responseUrl)
    {
        if (responseUrl is null || !Uri.TryCreate(responseUrl, UriKind.Absolute, out var url))
            return;
        if (!options.IsAllowedResponseUrl(url))
        {
            LogForeign(log, deliveryId, url.Host);
            return;
        }

        var now = clock.GetUtcNow();
        if (_urls.Count >= MostKept)
            Forget(now);
        _urls.TryAdd(deliveryId, new Kept(url, now + Lifetime));
    }

    /// <param name="replaceOriginal">Puts it in the place of the private or direct message that was pressed, or of the first answer to a command; elsewhere it is a new one.</param>
    public async Task SayAsync(SlackDelivery delivery, ChatMessage said, bool replaceOriginal, CancellationToken cancellationToken)
    {
        if (delivery.UserId is not { } user)
            return;
        var message = MessageRenderer.Render(said);

        // A Home has no place for an answer, so it comes over it.
        if (delivery is { IsHome: true, TriggerId: { } trigger } && await calls.OpenViewAsync(trigger, Modal.Saying("said", "JitBroker", said.Summary), cancellationToken) is SlackReply.Ok)
            return;
        for (var round = 1; round <= Rounds; round++)
        {
            var reply = await TryAsync(delivery, user, message, replaceOriginal, cancellationToken);
            if (reply is SlackReply.Ok)
                return;
            if (reply is SlackReply.Refused || round == Rounds)
                break;

            // Slack is slow or stumbles: told twice is better than not told.
            await Task.Delay(Pause * round, clock, cancellationToken);
        }

        LogUnsaid(log, delivery.Id);
    }

    /// <summary>One way after the other; how the last one went.</summary>
    private async Task<SlackReply> TryAsync(SlackDelivery delivery, string user, SlackMessage message, bool replaceOriginal, CancellationToken cancellationToken)
    {
        if (replaceOriginal && delivery is { Kind: SlackKinds.Press, IsEphemeral: false, ChannelId: { } there, MessageTs: { } ts } && there.StartsWith('D') && await calls.EditAsync(there, ts, message, cancellationToken) is SlackReply.Ok edited)
            return edited;
        if (UrlOf(delivery.Id) is { } url && await calls.RespondAsync(url, message, replaceOriginal && (delivery.IsEphemeral || delivery.Kind == SlackKinds.Command), cancellationToken))
            return new SlackReply.Ok([]);
        if (delivery.ChannelId is { } channel && !channel.StartsWith('D') && await calls.WhisperAsync(channel, user, message, cancellationToken) is SlackReply.Ok whispered)
            return whispered;
        var (direct, refused) = await calls.DirectAsync(user, Urgency.Answer, cancellationToken);
        return direct is null ? refused! : await calls.PostAsync(direct, message, about: null, Urgency.Answer, cancellationToken);
    }

    private Uri? UrlOf(string deliveryId)
    {
        if (!_urls.TryGetValue(deliveryId, out var kept))
            return null;
        if (kept.Until > clock.GetUtcNow() && Interlocked.Increment(ref kept.Uses) <= MostUses)
            return kept.Url;
        _urls.TryRemove(deliveryId, out _);
        return null;
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (id, kept) in _urls)
        {
            if (kept.Until <= now)
                _urls.TryRemove(id, out _);
        }

        // A flood within half an hour: the oldest answers go the other ways.
        if (_urls.Count >= MostKept)
            _urls.Clear();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery {DeliveryId} asked for its answer at {Host}, which is not Slack; it is answered another way")]
    private static partial void LogForeign(ILogger log, string deliveryId, string host);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The person behind delivery {DeliveryId} could not be told what came of it")]
    private static partial void LogUnsaid(ILogger log, string deliveryId);

    private sealed class Kept(Uri url, DateTimeOffset until)
    {
        public int Uses;

        public Uri Url => url;

        public DateTimeOffset Until => until;
    }
}
