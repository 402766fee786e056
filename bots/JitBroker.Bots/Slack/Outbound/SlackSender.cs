using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Sends what the outbox holds. A card is rendered from the state as it is at sending time, with the revision read before it; so an edit that comes late, twice
/// or out of order still shows the truth.
/// </summary>
internal sealed partial class SlackSender(
    SlackOptions options, ReadSaying sayings, SlackWorkspaces workspaces, SlackCalls calls, SlackPeople people, ThreadPlace threads, ChannelFallback fallback, ChannelSafety safety, SlackHome homes, SlackThreads notes,
    ILogger<SlackSender> log) : IDeliverySender
{
    private static readonly TimeSpan AMoment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UntilSomebodyActs = TimeSpan.FromMinutes(1);

    public string Surface => SlackInbox.SurfaceName;

    public async Task<SendOutcome> SendAsync(Delivery delivery, PostedCopy? copy, CancellationToken cancellationToken)
    {
        if (!await workspaces.AreKnownAsync(cancellationToken))
            return new SendOutcome.Later(Soon, "Slack has not said yet whose the token is", IsRateLimit: true);
        if (delivery.Template == Templates.Home)
            return copy is null ? new SendOutcome.Moot("A Home is only ever edited.") : await HomeAsync(copy, cancellationToken);
        if (delivery.Template == Templates.ThreadNote)
            return await NoteAsync(delivery, cancellationToken);
        var (said, story) = await sayings.HandleAsync(delivery, cancellationToken);
        if (said is null)
            return new SendOutcome.Moot("There is nothing to say any more.");
        var message = MessageRenderer.Render(said);
        return copy is null
            ? await PostAsync(delivery, story, message, cancellationToken)
            : await EditAsync(copy, story, message, cancellationToken);
    }

    private async Task<SendOutcome> PostAsync(Delivery delivery, RequestStory? story, SlackMessage message, CancellationToken cancellationToken)
    {
        var isCard = Templates.IsCard(delivery.Template);
        string channel;
        if (Recipients.ChannelOf(delivery.Recipient) is { } named)
        {
            channel = named;
            var objection = isCard ? await safety.ObjectionAsync(channel, cancellationToken) : null;
            if (objection is ChannelObjection.Never never)
                return await FallBackAsync(delivery, story!, never.Why, cancellationToken);
            if (objection is ChannelObjection.NotNow notNow)
                return Outcome(notNow.Reply, isPost: false);
        }
        else
        {
            if (people.AccountOf(Recipients.PersonOf(delivery.Recipient)!) is not { } user)
                return new SendOutcome.Dead($"{delivery.Recipient} has no Slack account in the catalog.");
            var (direct, refused) = await calls.DirectAsync(user, Urgency.Notification, cancellationToken);
            if (direct is null)
                return Outcome(refused!, isPost: false);
            channel = direct;
        }

        var (under, isTooEarly) = await threads.OfAsync(delivery, channel, cancellationToken);
        if (isTooEarly)
            return new SendOutcome.Later(AMoment, "the message it belongs under is still to be posted", IsRateLimit: true);
        var reply = await calls.PostAsync(channel, message, delivery.AboutId, Urgency.Notification, cancellationToken, under);
        if (reply is SlackReply.Refused { Error: "thread_not_found" or "cannot_reply_to_message" } && under is not null)
            reply = await calls.PostAsync(channel, message, delivery.AboutId, Urgency.Notification, cancellationToken);
        if (reply is SlackReply.Refused { IsMalformed: true } bug)
        {
            LogMalformed(log, delivery.Template, bug.Error, bug.Details);
            reply = await calls.PostAsync(channel, message with { Blocks = [] }, delivery.AboutId, Urgency.Notification, cancellationToken, under);
        }

        return reply switch
        {
            SlackReply.Ok ok when ok.Body.Text("ts") is { } ts => new SendOutcome.Sent(workspaces.Known[0], ok.Body.Text("channel") ?? channel, ts, story?.Revision ?? 0),
            SlackReply.Ok => new SendOutcome.Uncertain("chat.postMessage: an answer without a ts"),
            SlackReply.Refused { IsAboutChannel: true } closed when isCard && story is not null && Recipients.ChannelOf(delivery.Recipient) is not null =>
                await FallBackAsync(delivery, story, closed.Error, cancellationToken),
            _ => Outcome(reply, isPost: true),
        };
    }

    private async Task<SendOutcome> EditAsync(PostedCopy copy, RequestStory? story, SlackMessage message, CancellationToken cancellationToken)
    {
        var reply = await calls.EditAsync(copy.Channel, copy.Message, message, cancellationToken);
        if (reply is SlackReply.Refused { IsMalformed: true } bug)
        {
            LogMalformed(log, copy.Template, bug.Error, bug.Details);
            reply = await calls.EditAsync(copy.Channel, copy.Message, message with { Blocks = [] }, cancellationToken);
        }

        return reply switch
        {
            SlackReply.Ok => new SendOutcome.Sent(copy.Tenant, copy.Channel, copy.Message, story?.Revision ?? copy.Revision),
            SlackReply.Refused { IsGone: true } gone when IsOver(story) => new SendOutcome.Moot($"{gone.Error}, and it is over"),
            SlackReply.Refused { IsGone: true } gone => new SendOutcome.Gone(gone.Error),
            SlackReply.Refused { IsAboutChannel: true } closed when IsOver(story) => new SendOutcome.Moot($"{closed.Error}, and it is over"),
            SlackReply.Refused { IsAboutChannel: true } closed => new SendOutcome.Gone(closed.Error),
            _ => Outcome(reply, isPost: false),
        };
    }

    private Task<SendOutcome> FallBackAsync(Delivery delivery, RequestStory story, string why, CancellationToken cancellationToken) => fallback.TellApproversAsync(
        delivery,
        story,
        why,
        email => people.AccountOf(email) is not null,
        said => options.OperationsChannel.Length == 0 || options.OperationsChannel == Recipients.ChannelOf(delivery.Recipient)
            ? Task.CompletedTask
            : calls.PostAsync(options.OperationsChannel, MessageRenderer.Render(said), about: null, Urgency.Notification, cancellationToken),
        cancellationToken);

    private async Task<SendOutcome> HomeAsync(PostedCopy home, CancellationToken cancellationToken) => await homes.PublishAsync(home, cancellationToken) switch
    {
        SlackReply.Ok => new SendOutcome.Sent(home.Tenant, home.Channel, home.Message, home.Revision),
        var reply => Outcome(reply, isPost: false),
    };

    private async Task<SendOutcome> NoteAsync(Delivery note, CancellationToken cancellationToken) => await notes.PostAsync(note, cancellationToken) switch
    {
        null => new SendOutcome.Moot("There is nothing to say any more."),
        (var card, SlackReply.Ok ok) => new SendOutcome.Sent(card.Tenant, card.Channel, ok.Body.Text("ts") ?? card.Message, card.Revision),
        (_, var reply) => Outcome(reply, isPost: true),
    };

    /// <summary>A message that somebody deleted is not posted anew to tell the end of a story.</summary>
    private static bool IsOver(RequestStory? story) => story is null || story is { Request.IsPending: false, Grant: null or { State: "ended" } };

    private SendOutcome Outcome(SlackReply reply, bool isPost)
    {
        switch (reply)
        {
            case SlackReply.RateLimited limited:
                return new SendOutcome.Later(limited.After, "rate limited", IsRateLimit: true);
            case SlackReply.Failed { MayHaveHappened: true } lost when isPost:
                return new SendOutcome.Uncertain(lost.Why);
            case SlackReply.Failed failed:
                return new SendOutcome.Later(Soon, failed.Why, IsRateLimit: false);
            case SlackReply.Refused { IsAboutUs: true } ours:
                LogPowerless(log, ours.Error, ours.Details);
                return new SendOutcome.Later(UntilSomebodyActs, ours.Error, IsRateLimit: true);
            case SlackReply.Refused refused:
                return new SendOutcome.Dead($"{refused.Error} {refused.Details}".Trim());
            default:
                throw new InvalidOperationException($"{reply.GetType().Name} is no trouble.");
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Slack does not let us send: {Error} {Details}. Nothing can be told there until the app's token or scopes are put right; requests can still be decided by jit")]
    private static partial void LogPowerless(ILogger log, string error, string details);

    [LoggerMessage(Level = LogLevel.Error, Message = "Slack found {Template} malformed ({Error} {Details}); it is sent as plain text. This is a defect of the broker")]
    private static partial void LogMalformed(ILogger log, string template, string error, string details);
}
