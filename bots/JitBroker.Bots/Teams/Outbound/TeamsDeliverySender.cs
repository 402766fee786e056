using System.Diagnostics.CodeAnalysis;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Sends what the outbox holds to Teams. A card is rendered from the state as it is at sending time, with the revision read before it; so an edit that comes late, twice or out of order still
/// shows the truth.
/// </summary>
internal sealed partial class TeamsDeliverySender(
    TeamsOptions options, ReadSaying sayings, TeamsReferences references, TeamsMembers members, TeamsDirects directs, TeamsCalls calls, TeamsPeople people, ThreadPlace threads, ReadThreadNote notes,
    TeamsChannelSafety safety, ChannelFallback fallback, ILogger<TeamsDeliverySender> log) : IDeliverySender
{
    private static readonly TimeSpan AMoment = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UntilSomebodyActs = TimeSpan.FromMinutes(1);

    public string Surface => TeamsPeople.SurfaceName;

    public async Task<SendOutcome> SendAsync(Delivery delivery, PostedCopy? copy, CancellationToken cancellationToken)
    {
        if (delivery.Template == Templates.Home)
            return new SendOutcome.Moot("Teams has no Home.");
        if (delivery.Template == Templates.ThreadNote)
            return await NoteAsync(delivery, cancellationToken);
        var (said, story) = await sayings.HandleAsync(delivery, cancellationToken);
        if (said is null)
            return new SendOutcome.Moot("There is nothing to say any more.");
        if (copy is not null)
            return await EditAsync(delivery, copy, said, story, cancellationToken);
        return Recipients.ChannelOf(delivery.Recipient) is { } channel
            ? await PostAsync(delivery, channel, said, story, cancellationToken)
            : await TellAsync(delivery, said, story, cancellationToken);
    }

    /// <summary>To one person, in their own chat.</summary>
    private async Task<SendOutcome> TellAsync(Delivery delivery, ChatMessage said, RequestStory? story, CancellationToken cancellationToken)
    {
        if (people.AccountsOf(Recipients.PersonOf(delivery.Recipient)!) is not [var account, ..])
            return new SendOutcome.Dead($"{delivery.Recipient} has no Teams account in the catalog.");
        TeamsPlace? place = null;
        var reply = await TryAsync(
            delivery,
            said,
            CardViews.Of(delivery, story, _ => null),
            async message =>
            {
                (place, var told) = await directs.PostAsync(account, message, Urgency.Notification, cancellationToken);
                return told;
            });
        return reply switch
        {
            null => Unserved(account.Tenant),
            TeamsReply.Ok ok when ok.Body.Text("id") is { } id => new SendOutcome.Sent(account.Tenant, place!.Conversation, id, story?.Revision ?? 0),
            TeamsReply.Ok => new SendOutcome.Uncertain("an answer without an id"),
            _ => Outcome(reply, isPost: true),
        };
    }

    /// <summary>To a channel: a thread of its own, or under the card it belongs to.</summary>
    private async Task<SendOutcome> PostAsync(Delivery delivery, string channel, ChatMessage said, RequestStory? story, CancellationToken cancellationToken)
    {
        if (await references.ConversationAsync(channel, cancellationToken) is not { } place)
            return Unserved(options.Tenants[0]);
        if (Templates.IsCard(delivery.Template) && story is not null)
        {
            var (never, notNow) = await safety.ObjectionAsync(place, cancellationToken);
            if (never is not null)
                return await FallBackAsync(delivery, place, story, never, cancellationToken);
            if (notNow is not null)
                return Outcome(notNow, isPost: false);
        }

        var (under, isTooEarly) = await threads.OfAsync(delivery, channel, cancellationToken);
        if (isTooEarly)
            return new SendOutcome.Later(AMoment, "the message it belongs under is still to be posted", IsRateLimit: true);
        var view = await ViewAsync(delivery, place, story, cancellationToken);
        var at = under is null ? place : place.Under(under);
        var reply = await TryAsync(delivery, said, view, async message => under is null
            ? await calls.BeginAsync(place, message, Urgency.Notification, cancellationToken)
            : await calls.PostAsync(at, message, Urgency.Notification, cancellationToken));
        if (reply is TeamsReply.Refused { Status: 404 } && under is not null)
        {
            at = place;
            reply = await TryAsync(delivery, said, view, async message => await calls.BeginAsync(place, message, Urgency.Notification, cancellationToken));
        }

        return reply switch
        {
            TeamsReply.Ok ok when MessageOf(ok) is { } id => new SendOutcome.Sent(place.Tenant, TeamsPlace.Canonical(at.Conversation, id), id, story?.Revision ?? 0),
            TeamsReply.Ok => new SendOutcome.Uncertain("an answer without an id"),
            TeamsReply.Refused { IsUnreachable: true } closed => await ClosedAsync(delivery, place, story, closed, cancellationToken),
            _ => Outcome(reply!, isPost: true),
        };
    }

    private async Task<SendOutcome> EditAsync(Delivery delivery, PostedCopy copy, ChatMessage said, RequestStory? story, CancellationToken cancellationToken)
    {
        if (await references.ConversationAsync(copy.Tenant, copy.Channel, cancellationToken) is not { } place)
            return Unserved(copy.Tenant);
        var view = await ViewAsync(delivery, place, story, cancellationToken);
        var at = TeamsPlace.IsChannel(copy.Channel) && TeamsPlace.RootOf(copy.Channel) is null ? place.Under(copy.Message) : place;
        var reply = await TryAsync(delivery, said, view, async message => await calls.EditAsync(at, copy.Message, message, cancellationToken));
        return reply switch
        {
            TeamsReply.Ok => new SendOutcome.Sent(copy.Tenant, copy.Channel, copy.Message, story?.Revision ?? copy.Revision),
            TeamsReply.Refused { IsGone: true } gone when IsOver(story) => new SendOutcome.Moot($"{gone.Error}, and it is over"),
            TeamsReply.Refused { IsGone: true } gone => new SendOutcome.Gone(gone.Error),
            _ => Outcome(reply!, isPost: false),
        };
    }

    private async Task<SendOutcome> NoteAsync(Delivery note, CancellationToken cancellationToken)
    {
        TeamsPlace? place = null;
        var saying = await notes.HandleAsync(
            note,
            async (card, story) =>
            {
                place = await references.ConversationAsync(card.Tenant, card.Channel, cancellationToken);
                var ids = await members.OfAsync(place, CardViews.Actors(story), cancellationToken);
                return email => ids.GetValueOrDefault(email);
            },
            cancellationToken);
        if (saying is null)
            return new SendOutcome.Moot("There is nothing to say any more.");
        if (place is null)
            return Unserved(saying.Card.Tenant);
        var at = TeamsPlace.IsChannel(saying.Card.Channel) ? place.Under(saying.Root) : place;
        var reply = await TryAsync(note, saying.Said, CardView.InPerson(), async message => await calls.PostAsync(at, message, Urgency.Notification, cancellationToken));
        return reply is TeamsReply.Ok ok ? new SendOutcome.Sent(saying.Card.Tenant, saying.Card.Channel, MessageOf(ok) ?? saying.Card.Message, saying.Card.Revision) : Outcome(reply!, isPost: true);
    }

    /// <summary>As a card; what Teams finds malformed as plain text, what it finds too large as less of it.</summary>
    private async Task<TeamsReply?> TryAsync(Delivery delivery, ChatMessage said, CardView view, Func<TeamsMessage, Task<TeamsReply?>> send)
    {
        var reply = await send(TeamsMessage.Of(said, view));
        switch (reply)
        {
            case TeamsReply.Refused { IsTooLarge: true } large:
                LogUnfit(log, delivery.Template, large.Error);
                return await send(TeamsMessage.Of(TeamsMessage.Shortened(said), view));
            case TeamsReply.Refused { Status: 400 } malformed:
                LogUnfit(log, delivery.Template, malformed.Error);
                return await send(TeamsMessage.Of(said, view) with { Card = null });
            default:
                return reply;
        }
    }

    private async Task<CardView> ViewAsync(Delivery delivery, TeamsPlace place, RequestStory? story, CancellationToken cancellationToken)
    {
        var isShared = Recipients.ChannelOf(delivery.Recipient) is not null && story is not null;
        var ids = isShared ? await members.OfAsync(place, CardViews.Actors(story!).Take(CardLimits.RefreshFor), cancellationToken) : null;
        return CardViews.Of(delivery, story, email => ids?.GetValueOrDefault(email));
    }

    /// <summary>The bot may not speak in that channel.</summary>
    private async Task<SendOutcome> ClosedAsync(Delivery delivery, TeamsPlace place, RequestStory? story, TeamsReply.Refused closed, CancellationToken cancellationToken)
    {
        await references.ForgetAsync(place, cancellationToken);
        if (!Templates.IsCard(delivery.Template) || story is null)
            return Outcome(closed, isPost: true);
        return await FallBackAsync(delivery, place, story, closed.Error, cancellationToken);
    }

    private Task<SendOutcome> FallBackAsync(Delivery delivery, TeamsPlace channel, RequestStory story, string why, CancellationToken cancellationToken) => fallback.TellApproversAsync(
        delivery, story, why, email => people.AccountsOf(email).Count > 0, said => ComplainAsync(channel, said, cancellationToken), cancellationToken);

    private async Task ComplainAsync(TeamsPlace channel, ChatMessage said, CancellationToken cancellationToken)
    {
        if (options.OperationsChannel.Length == 0 || options.OperationsChannel == channel.Conversation)
            return;
        if (await references.ConversationAsync(options.OperationsChannel, cancellationToken) is { } operations)
            await calls.BeginAsync(operations, TeamsMessage.Of(said, CardView.InPerson()), Urgency.Notification, cancellationToken);
    }

    /// <summary>A message that somebody deleted is not posted anew to tell the end of a story.</summary>
    private static bool IsOver(RequestStory? story) => story is null || story is { Request.IsPending: false, Grant: null or { State: "ended" } };

    /// <summary>The message that was made: a new thread tells it beside its conversation.</summary>
    private static string? MessageOf(TeamsReply.Ok ok) =>
        ok.Body.Text("activityId") ?? (ok.Body.Text("id") is { Length: > 0 } id ? TeamsPlace.RootOf(id) ?? id : null);

    private static SendOutcome.Later Unserved(string tenant) =>
        new(UntilSomebodyActs, $"nothing was heard of tenant {tenant} yet: install the app for its people or a team", IsRateLimit: true);

    private SendOutcome Outcome(TeamsReply reply, bool isPost)
    {
        switch (reply)
        {
            case TeamsReply.RateLimited limited:
                return new SendOutcome.Later(limited.After, "rate limited", IsRateLimit: true);
            case TeamsReply.Failed { MayHaveHappened: true } lost when isPost:
                return new SendOutcome.Uncertain(lost.Why);
            case TeamsReply.Failed failed:
                return new SendOutcome.Later(Jittered(Soon), failed.Why, IsRateLimit: false);
            case TeamsReply.Refused { IsAboutUs: true } ours:
                LogPowerless(log, ours.Status, ours.Error);
                return new SendOutcome.Later(UntilSomebodyActs, ours.Error, IsRateLimit: true);
            case TeamsReply.Refused refused:
                return new SendOutcome.Dead(refused.Error);
            default:
                throw new InvalidOperationException($"{reply.GetType().Name} is no trouble.");
        }
    }

    [SuppressMessage("Security", "CA5394", Justification = "Jitter needs no secrecy.")]
    private static TimeSpan Jittered(TimeSpan after) => after * (1 + (Random.Shared.NextDouble() / 4));

    [LoggerMessage(Level = LogLevel.Critical, Message = "Teams does not let us send (HTTP {Status} {Error}). Nothing can be told there until the app is put right; requests can still be decided by jit")]
    private static partial void LogPowerless(ILogger log, int status, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Teams does not take the card of {Template} ({Error}); it is sent in a simpler form. This is a defect of the broker")]
    private static partial void LogUnfit(ILogger log, string template, string error);
}
