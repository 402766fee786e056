using System.Text.Json.Nodes;

namespace JitBroker.Outbox;

/// <summary>Something to be told to somebody in chat, as stored. What it says is rendered from the state when it is sent.</summary>
public sealed record Delivery
{
    public required string Id { get; init; }

    /// <summary><c>slack</c> or <c>teams</c>.</summary>
    public required string Surface { get; init; }

    /// <summary>One of <see cref="Templates"/>.</summary>
    public required string Template { get; init; }

    /// <summary>What it tells of: a request's id for cards, a grant's, lease's or session's for notices, a person's e-mail for their Home.</summary>
    public required string AboutId { get; init; }

    /// <summary><c>channel:ID</c> or <c>person:EMAIL</c>; see <see cref="Recipients"/>.</summary>
    public required string Recipient { get; init; }

    /// <summary>Set for an edit: the posted copy to bring up to date.</summary>
    public string? CopyId { get; init; }

    /// <summary>What the state does not hold, as JSON; never a secret.</summary>
    public string Data { get; init; } = "{}";

    /// <summary>See <see cref="DeliveryLifecycle"/>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset NextAttemptAt { get; init; }

    public int Attempts { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    public string? LastError { get; init; }
}

/// <summary>A message the broker has posted and keeps true.</summary>
public sealed record PostedCopy
{
    public required string Id { get; init; }

    public required string Surface { get; init; }

    public required string Template { get; init; }

    public required string AboutId { get; init; }

    public required string Recipient { get; init; }

    /// <summary>Workspace or tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>Channel or conversation id.</summary>
    public required string Channel { get; init; }

    /// <summary>The message's id in its channel: Slack's <c>ts</c>.</summary>
    public required string Message { get; init; }

    /// <summary>The card revision it shows.</summary>
    public required int Revision { get; init; }

    /// <summary>Of a Home: when its person opened it last.</summary>
    public required DateTimeOffset PostedAt { get; init; }
}

/// <summary>What a delivery says.</summary>
public static class Templates
{
    /// <summary>The approval card of a request.</summary>
    public const string ApprovalCard = "approval_card";

    /// <summary>The asker's own card of a request.</summary>
    public const string AskerCard = "asker_card";

    /// <summary>The card of an access that was taken as an emergency.</summary>
    public const string EmergencyCard = "emergency_card";

    /// <summary>How the review of an emergency stands; about its grant.</summary>
    public const string ReviewNotice = "review_notice";

    /// <summary>Whether it is a card: posted once for each audience and kept true.</summary>
    public static bool IsCard(string template) => template is ApprovalCard or AskerCard or EmergencyCard;

    /// <summary>A grant is about to end.</summary>
    public const string ExpiryNotice = "expiry_notice";

    /// <summary>A lease cannot be ended.</summary>
    public const string StuckNotice = "stuck_notice";

    /// <summary>An operator gave up on ending a lease.</summary>
    public const string AbandonedNotice = "abandoned_notice";

    /// <summary>A catalog that did not come into force.</summary>
    public const string CatalogNotice = "catalog_notice";

    /// <summary>A line in the thread of an approval card; its data are <see cref="ThreadNotes"/>.</summary>
    public const string ThreadNote = "thread_note";

    /// <summary>A request lapsed, for its asker.</summary>
    public const string LapseNotice = "lapse_notice";

    /// <summary>How what somebody owns was used, each month; its data name the owner and the month.</summary>
    public const string AccessReview = "access_review";

    /// <summary>A target that does not answer, answers again, or denies the broker.</summary>
    public const string TargetNotice = "target_notice";

    /// <summary>What a look at a target found.</summary>
    public const string ReconciliationNotice = "reconciliation_notice";

    /// <summary>A new sign-in, with <b>Not me</b>.</summary>
    public const string SignInNotice = "sign_in_notice";

    /// <summary>Whether an account is to be linked to its reader.</summary>
    public const string LinkQuestion = "link_question";

    /// <summary>An account was linked to its reader.</summary>
    public const string LinkNotice = "link_notice";

    /// <summary>An admin took an account away from its reader.</summary>
    public const string UnlinkNotice = "unlink_notice";

    /// <summary>A person's Home. Only ever an edit: there is a copy from the moment they open it, and none before.</summary>
    public const string Home = "home";
}

/// <summary>What is said in the thread of an approval card, and where: <c>{"copy":"01J…","says":"reminder"}</c>.</summary>
public static class ThreadNotes
{
    /// <summary>It still waits for those who were asked.</summary>
    public const string Reminder = "reminder";

    /// <summary>Nobody answered in time: others may decide it too.</summary>
    public const string Escalated = "escalated";

    /// <summary>A stage is filled: it is others' turn.</summary>
    public const string NextStep = "next_step";

    public static JsonObject DataOf(PostedCopy card, string says) => new() { ["copy"] = card.Id, ["says"] = says };

    /// <summary>The card's copy and what to say.</summary>
    public static (string Copy, string Says) Read(Delivery note)
    {
        var data = JsonNode.Parse(note.Data);
        return ((string?)data?["copy"] ?? "", (string?)data?["says"] ?? "");
    }
}

/// <summary>Text forms of who a delivery goes to.</summary>
public static class Recipients
{
    private const string ChannelPrefix = "channel:";
    private const string PersonPrefix = "person:";

    public static string Channel(string id) => ChannelPrefix + id;

    public static string Person(string email) => PersonPrefix + email;

    /// <summary>The channel's id, or null when it goes to a person.</summary>
    public static string? ChannelOf(string recipient) =>
        recipient.StartsWith(ChannelPrefix, StringComparison.Ordinal) ? recipient[ChannelPrefix.Length..] : null;

    /// <summary>The person's canonical e-mail, or null when it goes to a channel.</summary>
    public static string? PersonOf(string recipient) =>
        recipient.StartsWith(PersonPrefix, StringComparison.Ordinal) ? recipient[PersonPrefix.Length..] : null;
}
