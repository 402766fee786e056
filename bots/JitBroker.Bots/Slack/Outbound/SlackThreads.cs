using JitBroker.Bots.Chat;
using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary>What is said in the thread of an approval card: it notifies, where an edit of the card would not. Rendered from the state at sending time, like the card.</summary>
internal sealed class SlackThreads(ReadStory stories, Database database, OutboxStore outbox, GrantStore grants, SlackCalls calls, SlackPeople people)
{
    /// <summary>Null: there is nothing to say any more, or the card is gone.</summary>
    public async Task<(PostedCopy Card, SlackReply Reply)?> PostAsync(Delivery note, CancellationToken cancellationToken)
    {
        var (copyId, says) = ThreadNotes.Read(note);
        var card = await database.ReadAsync(session => outbox.FindCopyAsync(session, copyId, cancellationToken), cancellationToken);
        if (card is null || await stories.HandleAsync(note.AboutId, cancellationToken) is not { } story || Waiting.Note(story, says, people.AccountOf) is not { } said)
            return null;
        var root = await RootAsync(card, story.Request.ExtendsGrant, cancellationToken);
        return (card, await calls.PostAsync(card.Channel, MessageRenderer.Render(said), note.AboutId, Urgency.Notification, cancellationToken, root, isShownInChannel: false));
    }

    /// <summary>A thread has no threads: the card of an extension stands under that of what it extends, and so does what is said of it.</summary>
    private Task<string> RootAsync(PostedCopy card, string? extends, CancellationToken cancellationToken) => extends is null
        ? Task.FromResult(card.Message)
        : database.ReadAsync(
            async session =>
            {
                var grant = await grants.FindAsync(session, extends, cancellationToken);
                var copies = grant is null ? [] : await outbox.CopiesAsync(session, grant.RequestId, cancellationToken);
                return copies.FirstOrDefault(c => c.Surface == card.Surface && c.Channel == card.Channel && c.Recipient == card.Recipient)?.Message ?? card.Message;
            },
            cancellationToken);
}
