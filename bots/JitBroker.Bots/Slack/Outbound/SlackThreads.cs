using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary>What is said in the thread of an approval card: it notifies, where an edit of the card would not. Rendered from the state at sending time, like the card.</summary>
internal sealed class SlackThreads(ReadStory stories, Database database, OutboxStore outbox, SlackCalls calls, SlackPeople people)
{
    /// <summary>Null: there is nothing to say any more, or the card is gone.</summary>
    public async Task<(PostedCopy Card, SlackReply Reply)?> PostAsync(Delivery note, CancellationToken cancellationToken)
    {
        var (copyId, says) = ThreadNotes.Read(note);
        var card = await database.ReadAsync(session => outbox.FindCopyAsync(session, copyId, cancellationToken), cancellationToken);
        if (card is null || await stories.HandleAsync(note.AboutId, cancellationToken) is not { } story || Waiting.Note(story, says, people.AccountOf) is not { } said)
            return null;
        return (card, await calls.PostAsync(card.Channel, MessageRenderer.Render(said), note.AboutId, Urgency.Notification, cancellationToken, card.Message));
    }
}
