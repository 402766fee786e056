using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Takes a verified delivery: one inbox row, unique by its id, before the 200; the work goes on after it. What Slack wants answered in the same call
/// (submissions, options) is done here, in memory and the database.
/// </summary>
internal sealed partial class SlackInbox(
    Database database, InboxStore inbox, SlackWork work, SlackSubmissions submissions, RequestFormDesk forms, PrivateAnswers answers, Replica replica, TimeProvider clock,
    ILogger<SlackInbox> log)
{
    public const string SurfaceName = "slack";

    private static readonly TimeSpan TwinPatience = TimeSpan.FromSeconds(2);

    public async Task<SlackAnswer> ReceiveAsync(SlackDelivery delivery, string? responseUrl, CancellationToken cancellationToken)
    {
        try
        {
            return delivery.Kind switch
            {
                SlackKinds.Suggestion => await forms.SuggestAsync(delivery, cancellationToken),
                SlackKinds.Submission => await SubmitAsync(delivery, cancellationToken),
                SlackKinds.Command or SlackKinds.Press or SlackKinds.Shortcut or SlackKinds.MessageShortcut or SlackKinds.Event => await TakeAsync(delivery, responseUrl, cancellationToken),
                _ => SlackAnswer.Empty,
            };
        }
        catch (DatabaseUnavailableException e)
        {
            // Nothing was kept, so nothing is acknowledged: Slack tells the person, or tries again.
            LogLost(log, delivery.Kind, e);
            return new SlackAnswer(503);
        }
    }

    private async Task<SlackAnswer> TakeAsync(SlackDelivery delivery, string? responseUrl, CancellationToken cancellationToken)
    {
        if (!await StoreAsync(delivery, cancellationToken))
            return SlackAnswer.Empty;
        answers.Remember(delivery.Id, responseUrl);
        work.Post(delivery);
        return SlackAnswer.Empty;
    }

    private async Task<SlackAnswer> SubmitAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        if (await StoreAsync(delivery, cancellationToken))
            return await submissions.AnswerAsync(delivery, cancellationToken);
        return await TwinAsync(delivery.Id, cancellationToken);
    }

    /// <returns>False when this delivery is known already.</returns>
    private Task<bool> StoreAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var item = new InboxItem
        {
            Id = delivery.Id,
            Surface = SurfaceName,
            Kind = delivery.Kind,
            Body = delivery.Payload.ToJsonString(),
            State = "received",
            ReceivedAt = now,
            NextAttemptAt = now,
        };
        return database.WriteAsync(session => inbox.ReceiveAsync(session, item, replica.Id, Instants.Truncate(now + Replica.ClaimFor), cancellationToken), cancellationToken);
    }

    /// <summary>A submission that came twice gets the first one's answer; while that is still being worked on, it waits for it.</summary>
    private async Task<SlackAnswer> TwinAsync(string id, CancellationToken cancellationToken)
    {
        var first = await Twins.AnswerAsync(database, inbox, clock, id, TwinPatience, cancellationToken);
        return first is null ? new SlackAnswer(503) : new SlackAnswer(200, first.Answer);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Kind} could not be stored and was not acknowledged")]
    private static partial void LogLost(ILogger log, string kind, Exception exception);
}
