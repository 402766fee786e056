namespace JitBroker.Outbox;

/// <summary>
/// How a chat surface sends. One implementation per surface, called for claimed deliveries outside any transaction; it renders from the state as it is then.
/// </summary>
public interface IDeliverySender
{
    /// <summary><c>slack</c> or <c>teams</c>.</summary>
    string Surface { get; }

    /// <summary>
    /// Posts a message or edits a copy. Expected trouble comes back as an outcome; an exception counts as <see cref="SendOutcome.Uncertain"/> for a post and
    /// as <see cref="SendOutcome.Later"/> for an edit, which can be repeated without harm.
    /// </summary>
    /// <param name="copy">The copy to edit; null for a post.</param>
    Task<SendOutcome> SendAsync(Delivery delivery, PostedCopy? copy, CancellationToken cancellationToken);
}

/// <summary>How a sending went.</summary>
public abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>It stands there. For a card: where, so that it can be kept true, and the revision that it shows.</summary>
    public sealed record Sent(string Tenant, string Channel, string Message, int Revision) : SendOutcome;

    /// <summary>There is nothing to say any more, e.g. a notice about a grant that has ended.</summary>
    public sealed record Moot(string Why) : SendOutcome;

    /// <summary>Surely not accepted; again after <paramref name="After"/>. A rate limit does not count as an attempt.</summary>
    public sealed record Later(TimeSpan After, string Why, bool IsRateLimit) : SendOutcome;

    /// <summary>Nobody knows whether it was accepted. A duplicate is better than silence, so it is posted again.</summary>
    public sealed record Uncertain(string Why) : SendOutcome;

    /// <summary>It can never be sent like this.</summary>
    public sealed record Dead(string Why) : SendOutcome;

    /// <summary>The message to edit is gone: the copy is forgotten and a new message is posted.</summary>
    public sealed record Gone(string Why) : SendOutcome;
}
