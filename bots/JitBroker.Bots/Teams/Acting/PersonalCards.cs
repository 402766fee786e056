using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Bots.Teams;

/// <summary>A card as one person sees it: read anew, with the buttons that are theirs. Which card and of what is only looked up; who may read it is worked out here (rule 14).</summary>
internal sealed class PersonalCards(ChatService chat, RequestReader reader, ReadHome homes, Lists lists, Database database, CopyStore copies)
{
    /// <param name="said">What came of a press, above the card; null: nothing to say.</param>
    /// <returns>Null when there is no such card, or they may not see it.</returns>
    public async Task<System.Text.Json.Nodes.JsonObject?> OfAsync(TeamsActivity activity, Actor actor, CardOrigin origin, ChatMessage? said, CancellationToken cancellationToken)
    {
        if (await MessageAsync(activity, actor, origin, cancellationToken) is not (var message, var view))
            return null;
        IReadOnlyList<ChatPart> parts = message.Parts.Count == 0 ? [new ChatPart.Paragraph(message.Summary)] : message.Parts;
        return CardRenderer.Render(said is null ? message : message with { Parts = [new ChatPart.Status(Tone.Good, said.Summary), .. parts] }, view);
    }

    /// <summary>Everything of a person's, as <c>mine</c> shows it: Teams has no Home.</summary>
    public async Task<ChatMessage> HomeAsync(Actor actor, CancellationToken cancellationToken)
    {
        var home = await homes.HandleAsync(actor.Email, cancellationToken);
        return new ChatMessage(
            home is null ? ChatText.Of($"Nothing is yours here") : ChatText.Of($"{home.Access.CountText} of access, {home.Requests.CountText} waiting for others, {home.Waiting.CountText} waiting for you"),
            home is null ? HomePage.Nothing(Refused.NotTheirsAnyMore()) : HomePage.Of(home));
    }

    private async Task<(ChatMessage Message, CardView View)?> MessageAsync(TeamsActivity activity, Actor actor, CardOrigin origin, CancellationToken cancellationToken)
    {
        switch (origin.Card)
        {
            case CardNames.Home:
                return (await HomeAsync(actor, cancellationToken), CardView.InPerson(origin));
            case CardNames.Pending:
                return (await lists.PendingAsync(actor, cancellationToken), CardView.InPerson(origin));
            case CardNames.Approval or CardNames.Asker or CardNames.Emergency:
                return await StoryAsync(activity, actor, origin, cancellationToken) is { } story ? Card(story, actor, origin with { Id = story.Request.Id }) : null;
            default:
                return null;
        }
    }

    private static (ChatMessage Message, CardView View)? Card(RequestStory story, Actor actor, CardOrigin origin)
    {
        if (origin.Card == CardNames.Asker)
            return story.Request.Requester == actor.Email ? (AskerCard.Of(story), CardView.InPerson(origin)) : null;
        var isEmergency = origin.Card == CardNames.Emergency;
        if (isEmergency != story.IsEmergency)
            return null;
        var mayAct = CardViews.Actors(story).Contains(actor.Email, StringComparer.Ordinal) || (isEmergency && story.Request.Requester != actor.Email && story.Bench.Directory.RolesOf(actor.Email).Contains(Rights.Admin));
        return (isEmergency ? EmergencyCard.Of(story) : ApprovalCard.Of(story, Recipients.Person(actor.Email)), new CardView(mayAct, origin, []));
    }

    /// <summary>Of a request, or of that of a grant: for those who may read it, and for whoever has its card before them.</summary>
    private async Task<RequestStory?> StoryAsync(TeamsActivity activity, Actor actor, CardOrigin origin, CancellationToken cancellationToken)
    {
        var requestId = (await reader.FindGrantAsync(origin.Id, cancellationToken))?.Grant.RequestId ?? origin.Id;
        var mayRead = await reader.FindAsync(requestId, actor.Email, cancellationToken) is not null || await StandsThereAsync(activity, requestId, cancellationToken);
        return mayRead ? await chat.StoryAsync(requestId, cancellationToken) : null;
    }

    private async Task<bool> StandsThereAsync(TeamsActivity activity, string requestId, CancellationToken cancellationToken)
    {
        if (activity.ReplyToId is not { } message)
            return false;
        var place = TeamsPlace.Canonical(activity.Conversation.Id, message);
        var copy = await database.ReadAsync(session => copies.FindAsync(session, TeamsPeople.SurfaceName, activity.TenantId, place, message, cancellationToken), cancellationToken);
        return copy?.AboutId == requestId && copy.Template is Templates.ApprovalCard or Templates.EmergencyCard;
    }
}
