namespace JitBroker.Bots.Teams;

/// <summary>For whom a card is rendered. What is shown is convenience: every press is authorised anew.</summary>
/// <param name="HasButtons">False: safe for everyone in the conversation.</param>
/// <param name="Origin">Which card it is; null when it is none that is shown again.</param>
/// <param name="RefreshFor">Accounts (<c>29:…</c>) whose clients fetch their own view by themselves; empty: none does.</param>
internal sealed record CardView(bool HasButtons, CardOrigin? Origin, IReadOnlyList<string> RefreshFor)
{
    /// <summary>In a personal chat: buttons at once.</summary>
    public static CardView InPerson(CardOrigin? origin = null) => new(true, origin, []);

    /// <summary>In a channel: no buttons; those who can act fetch theirs (chat-wire B6).</summary>
    public static CardView Shared(CardOrigin origin, IReadOnlyList<string> refreshFor) => new(false, origin, refreshFor);
}

/// <summary>Which card a button stands on, so that whoever pressed it gets it anew. It goes through people's clients: a look-up key and nothing more (D6).</summary>
/// <param name="Card">One of <see cref="CardNames"/>.</param>
/// <param name="Id">Of its request.</param>
internal sealed record CardOrigin(string Card, string Id);

/// <summary>The cards that are shown again after a press.</summary>
internal static class CardNames
{
    public const string Approval = Outbox.Templates.ApprovalCard;
    public const string Asker = Outbox.Templates.AskerCard;
    public const string Emergency = Outbox.Templates.EmergencyCard;

    /// <summary>A person's Home, as <c>mine</c> shows it.</summary>
    public const string Home = Outbox.Templates.Home;

    /// <summary>The list that <c>pending</c> shows.</summary>
    public const string Pending = "pending";
}
