namespace JitBroker.Bots.Chat;

/// <summary>Something said in chat, surface-neutral: the same model is rendered for Slack and for Teams.</summary>
/// <param name="Summary">What a notification says; carries the meaning without the rest, and no secret: it shows on lock screens.</param>
/// <param name="Parts">From top to bottom. Empty: the summary is all there is to say.</param>
public sealed record ChatMessage(ChatText Summary, IReadOnlyList<ChatPart> Parts)
{
    public static ChatMessage Sentence(ChatText text) => new(text, []);

    public static ChatMessage Sentence(string text) => Sentence(ChatText.Plain(text));
}

/// <summary>A part of a message.</summary>
public abstract record ChatPart
{
    private ChatPart()
    {
    }

    public sealed record Paragraph(ChatText Text) : ChatPart;

    /// <summary>What a person wrote, shown inert behind a label: no markup, on one line, so that it cannot pass for anything the broker says.</summary>
    public sealed record Verbatim(string Label, string Text) : ChatPart;

    /// <summary>Small print.</summary>
    public sealed record Fine(ChatText Text) : ChatPart;

    /// <summary>How it stands: a word, a colour and a sign, never the colour alone.</summary>
    public sealed record Status(Tone Tone, ChatText Text) : ChatPart;

    public sealed record Actions(IReadOnlyList<ChatButton> Buttons) : ChatPart;

    public sealed record Rule : ChatPart;

    /// <summary>The title of a section of a page.</summary>
    public sealed record Heading(string Text) : ChatPart;

    /// <summary>One line with its button beside it.</summary>
    public sealed record Row(ChatText Text, ChatButton Button) : ChatPart;
}

/// <summary>How a status is meant.</summary>
public enum Tone
{
    Waiting,
    Good,
    Over,
    Bad,
    Alarm,
}

/// <summary>A button. Its value is a look-up key and nothing more: every press is checked anew (rule 14).</summary>
/// <param name="Action">One of <see cref="ChatActions"/>.</param>
/// <param name="Value">The id of a request, grant, sign-in or session.</param>
/// <param name="Confirm">Asked before the press counts; null: it counts at once.</param>
/// <param name="Link">A page that the press opens besides; null: none. It gives no right: the page asks who looks.</param>
public sealed record ChatButton(string Action, string Label, string Value, ButtonStyle Style = ButtonStyle.Plain, ChatConfirm? Confirm = null, Uri? Link = null);

public enum ButtonStyle
{
    Plain,
    Primary,
    Danger,
}

/// <summary>A question asked before a press counts.</summary>
public sealed record ChatConfirm(string Title, ChatText Text, string Yes, string No);

/// <summary>What buttons are called on the wire (contract §5).</summary>
public static class ChatActions
{
    public const string Approve = "approve";
    public const string ApproveLess = "approve_less";
    public const string Deny = "deny";
    public const string Collect = "collect";
    public const string Done = "done";
    public const string Extend = "extend";
    public const string Cancel = "cancel";
    public const string Review = "review";
    public const string EndNow = "end_now";
    public const string LoginConfirm = "login_confirm";
    public const string LoginRefuse = "login_refuse";
    public const string LinkConfirm = "link_confirm";
    public const string LinkRefuse = "link_refuse";

    /// <summary>Shows a code to link the account of whoever presses; value = <see cref="Nothing"/>.</summary>
    public const string LinkAccount = "link_account";

    public const string RequestAgain = "request_again";

    /// <summary>Opens the request form; value = an entitlement to fill in, or <see cref="Nothing"/>.</summary>
    public const string RequestAccess = "request_access";

    /// <summary>Opens the form of emergency access; value = <see cref="Nothing"/>.</summary>
    public const string BreakGlass = "break_glass";

    /// <summary>Opens that form for an own request that waits; value = its id.</summary>
    public const string Escalate = "escalate";

    /// <summary>Only opens its link.</summary>
    public const string SeeIt = "see_it";

    /// <summary>The value of a button that is about nothing in particular.</summary>
    public const string Nothing = "-";

    /// <summary>Ends a session that its person did not start; value = the session's id.</summary>
    public const string NotMe = "not_me";
}
