using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>Turns what is to be said into an Adaptive Card of version 1.5, always within <see cref="CardLimits"/>: what is long is cut first, and where that is not enough the card says so.</summary>
internal static class CardRenderer
{
    public const string Refresh = TeamsInvokes.Refresh;

    /// <summary>How tight it gets: the longest text of a part, and whether buttons carry a second form for old clients.</summary>
    private static readonly (int Limit, bool WithFallback)[] Fits = [(CardLimits.Text, true), (800, true), (400, true), (800, false), (400, false), (200, false), (100, false)];

    /// <summary>For those whose client does not fetch their own view.</summary>
    private static readonly ChatText Elsewhere = ChatText.Of($"Who can act on this sees buttons here; or send me {Say.Command("pending")}.");

    public static JsonObject Render(ChatMessage message, CardView view)
    {
        IReadOnlyList<ChatPart> parts = message.Parts.Count == 0 ? [new ChatPart.Paragraph(message.Summary)] : message.Parts;
        foreach (var (limit, withFallback) in Fits)
        {
            var card = Card(message.Summary, parts, view, limit, withFallback);
            if (CardJson.SizeOf(card) <= CardLimits.Card)
                return card;
        }

        return Shortened(message.Summary, parts, view);
    }

    /// <summary>What a notification says.</summary>
    public static string Summary(ChatMessage message) => CardText.Plain(message.Summary, CardLimits.Summary);

    public static string Sign(Tone tone) => tone switch
    {
        Tone.Waiting => "⏳",
        Tone.Good => "✅",
        Tone.Over => "◼",
        Tone.Bad => "⛔",
        Tone.Alarm => "🚨",
    };

    public static string Style(Tone tone) => tone switch
    {
        Tone.Waiting => "warning",
        Tone.Good => "good",
        Tone.Over => "emphasis",
        Tone.Bad or Tone.Alarm => "attention",
    };

    /// <summary>A card around a body.</summary>
    public static JsonObject Frame(string fallback, JsonArray body, CardMarkdown mentions, CardView view)
    {
        var teams = new JsonObject { ["width"] = "Full" };
        if (mentions.Entities.Count > 0)
            teams["entities"] = mentions.Entities;
        var card = new JsonObject
        {
            ["type"] = "AdaptiveCard", ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json", ["version"] = "1.5", ["fallbackText"] = fallback, ["body"] = body, ["msteams"] = teams,
        };
        if (view is { Origin: { } origin, RefreshFor: { Count: > 0 } accounts })
        {
            var fetch = new JsonObject { ["type"] = "Action.Execute", ["title"] = "Refresh", ["verb"] = Refresh, ["data"] = new JsonObject { [CardActions.Id] = origin.Id, [CardActions.Card] = origin.Card } };
            card["refresh"] = new JsonObject { ["action"] = fetch, ["userIds"] = CardJson.Array(accounts.Take(CardLimits.RefreshFor).Select(a => (JsonNode)a)) };
        }

        return card;
    }

    /// <summary>
    /// More than any cutting makes fit: parts are left out from the end, and the card says so. A card that is about one thing keeps its buttons; of a list the entries
    /// that are left out go with theirs.
    /// </summary>
    private static JsonObject Shortened(ChatText summary, IReadOnlyList<ChatPart> parts, CardView view)
    {
        var (limit, withFallback) = Fits[^1];
        var buttons = parts.OfType<ChatPart.Actions>().ToList();
        IReadOnlyList<ChatPart> kept = buttons.Count == 1 ? [.. parts.Where(p => p is not ChatPart.Actions)] : parts;
        IReadOnlyList<ChatPart> end = buttons.Count == 1 ? buttons : [];
        var more = new ChatPart.Fine(ChatText.Of($"There is more than fits into one message: {Say.Code("jit mine")} and {Say.Code("jit pending")} show all."));
        for (var count = kept.Count - 1; count > 0; count--)
        {
            var card = Card(summary, [.. kept.Take(count), more, .. end], view, limit, withFallback);
            if (CardJson.SizeOf(card) <= CardLimits.Card)
                return card;
        }

        return Card(summary, [new ChatPart.Paragraph(summary), more], view, limit, withFallback);
    }

    private static JsonObject Card(ChatText summary, IReadOnlyList<ChatPart> parts, CardView view, int limit, bool withFallback)
    {
        var (body, mentions, isRuled) = (new JsonArray(), new CardMarkdown(), false);
        foreach (var part in parts)
        {
            if (part is ChatPart.Rule)
            {
                isRuled = body.Count > 0;
                continue;
            }

            if (Element(part, view, mentions, limit, withFallback) is not { } element)
                continue;
            if (isRuled)
                (element["separator"], element["spacing"]) = (true, "Medium");
            isRuled = false;
            body.Add(element);
        }

        if (!view.HasButtons && parts.Any(p => p is ChatPart.Actions { Buttons.Count: > 0 }))
            body.Add(CardText.Block(Elsewhere, limit, isFine: true));
        return Frame(CardMarkdown.Inert(CardText.Plain(summary, CardLimits.Summary)), body, mentions, view);
    }

    /// <summary>Null: buttons where there are none.</summary>
    private static JsonObject? Element(ChatPart part, CardView view, CardMarkdown mentions, int limit, bool withFallback) => part switch
    {
        ChatPart.Paragraph paragraph => Text(paragraph.Text, mentions, limit, isFine: false),
        ChatPart.Fine fine => Text(fine.Text, mentions, limit, isFine: true),
        ChatPart.Verbatim verbatim => CardText.Verbatim(verbatim.Label, verbatim.Text, limit),
        ChatPart.Status status => Standing(status.Tone, status.Text, limit),
        ChatPart.Heading heading => CardMarkdown.Heading(heading.Text),
        ChatPart.Actions actions => view.HasButtons && actions.Buttons.Count > 0 ? CardActions.Set(actions.Buttons, view.Origin, withFallback) : null,
        ChatPart.Row row => view.HasButtons ? Beside(row, view, mentions, limit, withFallback) : Text(row.Text, mentions, limit, isFine: false),
        _ => throw new InvalidOperationException($"{part.GetType().Name} cannot be rendered."),
    };

    /// <summary>How it stands: the word, a sign and a colour.</summary>
    public static JsonObject Standing(Tone tone, ChatText text, int limit) => new()
    {
        ["type"] = "Container", ["style"] = Style(tone), ["items"] = CardJson.Array([CardText.Block(text, limit, Sign(tone))]),
    };

    private static JsonObject Text(ChatText text, CardMarkdown mentions, int limit, bool isFine) =>
        CardMarkdown.Mentions(text) ? mentions.Line(text, limit) : CardText.Block(text, limit, isFine: isFine);

    private static JsonObject Beside(ChatPart.Row row, CardView view, CardMarkdown mentions, int limit, bool withFallback) => new()
    {
        ["type"] = "ColumnSet",
        ["columns"] = CardJson.Array(
        [
            new JsonObject { ["type"] = "Column", ["width"] = "stretch", ["items"] = CardJson.Array([Text(row.Text, mentions, limit, isFine: false)]) },
            new JsonObject { ["type"] = "Column", ["width"] = "auto", ["items"] = CardJson.Array([CardActions.Set([row.Button], view.Origin, withFallback)]) },
        ]),
    };
}
