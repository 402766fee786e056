using JitBroker.Grants;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>Something to say in the thread of an approval card.</summary>
/// <param name="Root">The message that the thread is under: the card, or what the card itself stands under.</param>
internal sealed record ThreadSaying(PostedCopy Card, string Root, ChatMessage Said);

/// <summary>
/// What is said in the thread of an approval card, on any surface: it notifies, where an edit of the card would not. Rendered from the state at sending time, like the card.
/// </summary>
internal sealed class ReadThreadNote(ReadStory stories, Database database, CopyStore copies, GrantStore grants)
{
    /// <param name="accounts">Finds people's accounts on the surface, by e-mail, so that they notice; who has none is named only.</param>
    /// <returns>Null: there is nothing to say any more, or the card is gone.</returns>
    public async Task<ThreadSaying?> HandleAsync(Delivery note, Func<PostedCopy, RequestStory, Task<Func<string, string?>>> accounts, CancellationToken cancellationToken)
    {
        var (copyId, says) = ThreadNotes.Read(note);
        var card = await database.ReadAsync(session => copies.FindAsync(session, copyId, cancellationToken), cancellationToken);
        if (card is null || await stories.HandleAsync(note.AboutId, cancellationToken) is not { } story || Waiting.Note(story, says, await accounts(card, story)) is not { } said)
            return null;
        return new ThreadSaying(card, await RootAsync(card, story.Request.ExtendsGrant, cancellationToken), said);
    }

    /// <summary>A thread has no threads: the card of an extension stands under that of what it extends, and so does what is said of it.</summary>
    private Task<string> RootAsync(PostedCopy card, string? extends, CancellationToken cancellationToken) => extends is null
        ? Task.FromResult(card.Message)
        : database.ReadAsync(
            async session =>
            {
                var grant = await grants.FindAsync(session, extends, cancellationToken);
                var posted = grant is null ? [] : await copies.OfRequestAsync(session, grant.RequestId, cancellationToken);
                return posted.FirstOrDefault(c => c.Surface == card.Surface && c.Channel == card.Channel && c.Recipient == card.Recipient)?.Message ?? card.Message;
            },
            cancellationToken);
}
