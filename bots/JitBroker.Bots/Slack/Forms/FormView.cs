using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>Turns a form into a modal, always within <see cref="Limits"/>. Block ids stay the same through updates, so that what a person typed stays too. Its metadata is a look-up key and nothing more.</summary>
internal static class FormView
{
    public const string ActionId = "value";

    public static ModalView Of(ChatForm form) => new(form.Name, Modal.Title(form.Title), [.. form.Parts.SelectMany(Blocks)])
    {
        Submit = Modal.Button(form.Submit),
        Close = Modal.Button("Cancel"),
        PrivateMetadata = form.About is { } about ? Cut.To(about, Limits.PrivateMetadata) : null,
    };

    /// <summary>Opened at once, since the trigger lives three seconds; what it asks follows.</summary>
    public static ModalView Loading() =>
        new(RequestAccessForm.Name, Modal.Title(RequestAccessForm.Title), [new SectionBlock(new PlainText("Looking up what you may ask for…"))]) { Close = Modal.Button("Cancel") };

    public static SelectOption Option(FormOption option) => new(MessageRenderer.Plain(option.Label, Limits.OptionText), option.Value)
    {
        Description = option.Description is { } said ? MessageRenderer.Plain(said, Limits.OptionDescription) : null,
    };

    private static IEnumerable<Block> Blocks(FormPart part)
    {
        switch (part)
        {
            case FormPart.Text text:
                var sign = text.Tone is { } tone ? MessageRenderer.Sign(tone) + " " : "";
                yield return new SectionBlock(new MrkdwnText(sign + Mrkdwn.Of(text.Said, Limits.SectionText - (sign.Length == 0 ? 0 : 40)))) { BlockId = text.Name };
                break;
            case FormPart.Verbatim verbatim:
                yield return new SectionBlock(MessageRenderer.Plain($"{verbatim.Label}: {verbatim.Said}", Limits.SectionText));
                break;
            case FormPart.Field field:
                yield return new InputBlock(Label(field.Label), Input(field.Input))
                {
                    BlockId = field.Name, DispatchAction = field.IsLive, Optional = field.IsOptional, Hint = field.Hint is { } hint ? Label(hint) : null,
                };

                // A form that opens with a fault names it at its field; Slack has no errors before a submit.
                if (field.Fault is { } fault)
                    yield return new ContextBlock([new MrkdwnText(":warning: " + Mrkdwn.Of(ChatText.Plain(fault), Limits.ContextText - 20))]) { BlockId = field.Name + "_fault" };
                break;
            default:
                throw new InvalidOperationException($"{part.GetType().Name} cannot be rendered.");
        }
    }

    private static Element Input(FieldInput input) => input switch
    {
        FieldInput.Choice choice => new StaticSelect(ActionId, [.. choice.Options.Take(Limits.SelectOptions).Select(Option)]) { InitialOption = choice.Chosen is { } chosen ? Option(chosen) : null },
        FieldInput.Search search => new ExternalSelect(ActionId)
        {
            MinQueryLength = 0, InitialOption = search.Chosen is { } chosen ? Option(chosen) : null, Placeholder = MessageRenderer.Plain(search.Placeholder, Limits.Placeholder),
        },
        FieldInput.Words words => new PlainTextInput(ActionId)
        {
            Multiline = words.IsLong,
            MaxLength = words.MaxLength,
            InitialValue = Clean.Line(words.Value) is { Length: > 0 } filled ? Cut.To(filled, words.MaxLength) : null,
            Placeholder = words.Placeholder is { } example ? MessageRenderer.Plain(example, Limits.Placeholder) : null,
        },
        FieldInput.Moment moment => new DateTimePicker(ActionId) { InitialDateTime = moment.Chosen?.ToUnixTimeSeconds() },
        _ => throw new InvalidOperationException($"{input.GetType().Name} cannot be rendered."),
    };

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
