using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>Turns what is to be said into Block Kit, always within <see cref="Limits"/>.</summary>
internal static class MessageRenderer
{
    public static SlackMessage Render(ChatMessage message)
    {
        IReadOnlyList<ChatPart> parts = message.Parts.Count == 0 ? [new ChatPart.Paragraph(message.Summary)] : message.Parts;
        var blocks = new List<Block>();
        var room = Limits.MessageRendered;
        foreach (var part in parts)
        {
            // Buttons are never left out for length: they are what the message is for.
            if (room <= 0 && part is not ChatPart.Actions)
                continue;
            if (blocks.Count == Limits.BlocksPerMessage)
                break;
            var (block, length) = Block(part, room);
            room -= length;
            blocks.Add(block);
        }

        return new SlackMessage(Mrkdwn.Of(message.Summary, Limits.MessageText), blocks);
    }

    /// <summary>Every part is short, so that a long one never pushes out what comes after it.</summary>
    public static HomeView Home(IReadOnlyList<ChatPart> parts) => new([.. parts.Take(Limits.BlocksPerView).Select(p => Block(p, Limits.HomePart).Block)]);

    public static TextObject Plain(string text, int limit) =>
        new PlainText(Clean.Line(text) is { Length: > 0 } visible ? Cut.To(visible, limit) : "—");

    public static ButtonElement Button(ChatButton button) => new(button.Action, Plain(button.Label, Limits.ButtonText), Cut.To(button.Value, Limits.ButtonValue))
    {
        Style = button.Style switch { ButtonStyle.Primary => "primary", ButtonStyle.Danger => "danger", ButtonStyle.Plain => null },
        Url = button.Link is { AbsoluteUri: { Length: <= Limits.ButtonUrl } link } ? link : null,
        Confirm = button.Confirm is { } ask
            ? new ConfirmDialog(
                Plain(ask.Title, Limits.ConfirmTitle),
                new MrkdwnText(Mrkdwn.Of(ask.Text, Limits.ConfirmText)),
                Plain(ask.Yes, Limits.ConfirmButton),
                Plain(ask.No, Limits.ConfirmButton))
            : null,
    };

    public static string Sign(Tone tone) => tone switch
    {
        Tone.Waiting => ":hourglass_flowing_sand:",
        Tone.Good => ":white_check_mark:",
        Tone.Over => ":black_square_button:",
        Tone.Bad => ":no_entry:",
        Tone.Alarm => ":rotating_light:",
    };

    private static (Block Block, int Length) Block(ChatPart part, int room)
    {
        switch (part)
        {
            case ChatPart.Paragraph paragraph:
                return Section(Mrkdwn.Of(paragraph.Text, Math.Clamp(room, 40, Limits.SectionText)));
            case ChatPart.Status status:
                var sign = Sign(status.Tone);
                return Section($"{sign} {Mrkdwn.Of(status.Text, Math.Clamp(room, 40, Limits.SectionText) - sign.Length - 1)}");
            case ChatPart.Verbatim verbatim:
                var said = Plain($"{verbatim.Label}: {verbatim.Text}", Math.Clamp(room, 40, Limits.SectionText));
                return (new SectionBlock(said), said.Text.Length);
            case ChatPart.Fine fine:
                var small = Mrkdwn.Of(fine.Text, Math.Clamp(room, 40, Limits.ContextText));
                return (new ContextBlock([new MrkdwnText(small)]), small.Length);
            case ChatPart.Actions actions:
                return (new ActionsBlock([.. actions.Buttons.Take(Limits.ActionsElements).Select(Button)]), 0);
            case ChatPart.Rule:
                return (new DividerBlock(), 0);
            case ChatPart.Heading heading:
                return (new HeaderBlock(Plain(heading.Text, Limits.Header)), heading.Text.Length);
            case ChatPart.Row row:
                var line = Mrkdwn.Of(row.Text, Math.Clamp(room, 40, Limits.SectionText));
                return (new SectionBlock(new MrkdwnText(line)) { Accessory = Button(row.Button) }, line.Length);
            default:
                throw new InvalidOperationException($"{part.GetType().Name} cannot be rendered.");
        }
    }

    private static (Block Block, int Length) Section(string text) => (new SectionBlock(new MrkdwnText(text)), text.Length);
}
