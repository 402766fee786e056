using JitBroker.Bots.Chat;
using JitBroker.Outbox;

namespace JitBroker.Bots.Slack;

/// <summary>Posts what is said in the thread of an approval card.</summary>
internal sealed class SlackThreads(ReadThreadNote notes, SlackCalls calls, SlackPeople people)
{
    /// <summary>Null: there is nothing to say any more, or the card is gone.</summary>
    public async Task<(PostedCopy Card, SlackReply Reply)?> PostAsync(Delivery note, CancellationToken cancellationToken)
    {
        if (await notes.HandleAsync(note, (_, _) => Task.FromResult<Func<string, string?>>(people.AccountOf), cancellationToken) is not { } saying)
            return null;
        var message = MessageRenderer.Render(saying.Said);
        return (saying.Card, await calls.PostAsync(saying.Card.Channel, message, note.AboutId, Urgency.Notification, cancellationToken, saying.Root, isShownInChannel: false));
    }
}
