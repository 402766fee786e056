namespace JitBroker.Bots.Slack;

/// <summary>Slack's limits, in UTF-16 units or counts (chat-wire A10). What the bot says stays within them whatever it was given.</summary>
internal static class Limits
{
    public const int BlocksPerMessage = 50;
    public const int BlocksPerView = 100;
    public const int Header = 150;
    public const int SectionText = 3000;
    public const int ContextText = 2000;
    public const int ContextElements = 10;
    public const int ActionsElements = 25;
    public const int ButtonText = 75;
    public const int ButtonValue = 2000;
    public const int ButtonUrl = 3000;
    public const int ConfirmTitle = 100;
    public const int ConfirmText = 300;
    public const int ConfirmButton = 30;
    public const int OptionText = 75;
    public const int OptionValue = 75;
    public const int OptionDescription = 75;
    public const int SelectOptions = 100;
    public const int Placeholder = 150;
    public const int InputLabel = 2000;
    public const int TextInput = 3000;
    public const int ModalTitle = 24;
    public const int ModalButton = 24;
    public const int PrivateMetadata = 3000;
    public const int Id = 255;

    /// <summary>Of a message's <c>text</c>; <c>chat.update</c> takes about 4,000.</summary>
    public const int MessageText = 3500;

    /// <summary>Of all that a message shows; Slack refuses somewhere above 13,000.</summary>
    public const int MessageRendered = 8000;

    /// <summary>Of each text on a Home: a view may have 250 kB, and a character up to six bytes on the wire.</summary>
    public const int HomePart = 350;

    /// <summary>Of one field's error in an answer to <c>view_submission</c>; undocumented, so short.</summary>
    public const int FieldError = 500;
}
