using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>The form "Request access" as a modal. Block ids stay the same through updates, so that what a person typed stays too.</summary>
internal static class RequestView
{
    public const string CallbackId = "request";
    public const string Entitlement = "entitlement";
    public const string Duration = "duration";
    public const string Reason = "reason";
    public const string Starts = "starts";
    public const string ActionId = "value";
    private const string Title = "Request access";

    /// <summary>Opened at once, since the trigger lives three seconds; what it asks follows.</summary>
    public static ModalView Loading() => new(CallbackId, Modal.Title(Title), [new SectionBlock(new PlainText("Looking up what you may ask for…"))])
    {
        Close = Modal.Button("Cancel"),
    };

    public static ModalView Of(RequestForm form)
    {
        var blocks = new List<Block>();
        Add(blocks, form, Entitlement, new InputBlock(Label("What do you need?"), What(form)) { BlockId = Entitlement, DispatchAction = true });
        Add(blocks, form, Duration, new InputBlock(Label("For how long?"), HowLong(form))
        {
            BlockId = Duration,
            DispatchAction = true,
            Hint = Label("It starts when it is approved and ends by itself."),
        });
        Add(blocks, form, Reason, new InputBlock(Label("Why?"), Why(form)) { BlockId = Reason, Optional = !form.IsReasonRequired });
        Add(blocks, form, Starts, new InputBlock(Label("Start later"), new DateTimePicker(ActionId) { InitialDateTime = form.StartsAt?.ToUnixTimeSeconds() }) { BlockId = Starts, Optional = true });
        blocks.Add(new SectionBlock(new MrkdwnText($"{MessageRenderer.Sign(form.WhoTone)} {Mrkdwn.Of(form.Who, Limits.SectionText - 40)}")) { BlockId = "who" });
        return new ModalView(CallbackId, Modal.Title(Title), blocks) { Submit = Modal.Button("Ask"), Close = Modal.Button("Cancel") };
    }

    public static SelectOption Option(FormOption option) => new(MessageRenderer.Plain(option.Label, Limits.OptionText), option.Value)
    {
        Description = option.Description is { } said ? MessageRenderer.Plain(said, Limits.OptionDescription) : null,
    };

    private static ExternalSelect What(RequestForm form) => new(ActionId)
    {
        MinQueryLength = 0,
        InitialOption = form.Chosen is { } chosen ? Option(chosen) : null,
        Placeholder = MessageRenderer.Plain("Type to search", Limits.Placeholder),
    };

    private static StaticSelect HowLong(RequestForm form) => new(ActionId, [.. form.Durations.Take(Limits.SelectOptions).Select(Option)])
    {
        InitialOption = form.Duration is { } chosen ? Option(chosen) : null,
    };

    private static PlainTextInput Why(RequestForm form) => new(ActionId)
    {
        Multiline = true,
        MaxLength = RequestFormDesk.ReasonLength,
        InitialValue = Clean.Line(form.Reason) is { Length: > 0 } reason ? Cut.To(reason, RequestFormDesk.ReasonLength) : null,
        Placeholder = MessageRenderer.Plain(form.ReasonHint, Limits.Placeholder),
    };

    /// <summary>A form that opens with a fault names it at its field; Slack has no errors before a submit.</summary>
    private static void Add(List<Block> blocks, RequestForm form, string field, InputBlock input)
    {
        blocks.Add(input);
        if (form.Faults.TryGetValue(field, out var fault))
            blocks.Add(new ContextBlock([new MrkdwnText(":warning: " + Mrkdwn.Of(ChatText.Plain(fault), Limits.ContextText - 20))]) { BlockId = field + "_fault" });
    }

    private static TextObject Label(string text) => MessageRenderer.Plain(text, Limits.InputLabel);
}

/// <summary>What all modals share.</summary>
internal static class Modal
{
    public static TextObject Title(string text) => MessageRenderer.Plain(text, Limits.ModalTitle);

    public static TextObject Button(string text) => MessageRenderer.Plain(text, Limits.ModalButton);

    /// <summary>A modal that only says something.</summary>
    public static ModalView Saying(string callbackId, string title, ChatText text) =>
        new(callbackId, Title(title), [new SectionBlock(new MrkdwnText(Mrkdwn.Of(text, Limits.SectionText)))]) { Close = Button("Close") };
}
