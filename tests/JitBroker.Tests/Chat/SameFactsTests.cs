using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Slack;
using JitBroker.Bots.Teams;

namespace JitBroker.Tests.Chat;

/// <summary>One view model, two renderings: whatever a card, notice, list, Home or form says on one surface, it says on the other.</summary>
public sealed partial class SameFactsTests
{
    private static readonly CardOrigin Origin = new(CardNames.Approval, "01JDA0000000000000000REQ01");

    [Fact]
    public void No_fact_of_any_card_is_missing_on_a_surface()
    {
        foreach (var (name, message) in EverySaying.Messages(null, "none"))
        {
            var facts = FactsOf(message).ToList();
            Assert.NotEmpty(facts);
            AssertShown($"{name} in Slack", facts, ShownInSlack(message));
            AssertShown($"{name} in Teams", facts, ShownInTeams(message));
        }
    }

    [Fact]
    public void No_fact_of_any_Home_is_missing_on_a_surface()
    {
        foreach (var (name, parts) in EverySaying.Homes(null))
        {
            var facts = parts.SelectMany(FactsOf).ToList();
            AssertShown($"{name} in Slack", facts, Shown(SlackJson.ToNode(MessageRenderer.Home(parts))));
            var inTeams = ShownInTeams(new ChatMessage(ChatText.Plain("x"), parts));

            // One that is fuller than a message of Teams may be says so, in the place of its end.
            if (name == "home-full")
                Assert.Contains(Squeezed("There is more than fits into one message"), inTeams, StringComparison.Ordinal);
            else
                AssertShown($"{name} in Teams", facts, inTeams);
        }
    }

    [Fact]
    public void No_fact_of_any_form_is_missing_on_a_surface()
    {
        foreach (var (name, form) in EverySaying.Forms(null))
        {
            var facts = FactsOf(form).ToList();
            AssertShown($"{name} in Slack", facts, Shown(SlackJson.ToNode(FormView.Of(form))));
            foreach (var isDialog in new[] { true, false })
                AssertShown($"{name} in Teams", facts.Where(f => !isDialog || f != Squeezed(form.Title)), Shown(FormCard.Of(form, new FormPlace(isDialog, Origin, TimeSpan.Zero))));
        }
    }

    /// <summary>That the checks above see anything: a part that a renderer forgets is found, whichever it is.</summary>
    [Fact]
    public void A_part_that_is_left_out_is_noticed()
    {
        foreach (var (_, message) in EverySaying.Messages(null, "none").Where(m => m.Name.StartsWith("approval-", StringComparison.Ordinal)))
        {
            foreach (var part in message.Parts)
            {
                var less = message with { Parts = [.. message.Parts.Where(p => p != part)] };
                var said = FactsOf(part).Where(f => !FactsOf(less).Any(l => l.Contains(f, StringComparison.Ordinal))).ToList();
                Assert.All(said, f => Assert.False(ShownInSlack(less).Contains(f, StringComparison.Ordinal) && ShownInTeams(less).Contains(f, StringComparison.Ordinal), f));
            }
        }
    }

    private static string ShownInSlack(ChatMessage message)
    {
        var rendered = MessageRenderer.Render(message);
        return Shown(SlackJson.ToNode(rendered.Blocks)) + Squeezed(Slack(rendered.Text));
    }

    private static string ShownInTeams(ChatMessage message) =>
        Shown(CardRenderer.Render(message, CardView.InPerson(Origin))) + Squeezed(CardRenderer.Summary(message));

    private static IEnumerable<string> FactsOf(ChatMessage message) => message.Parts.SelectMany(FactsOf).Append(Fact(message.Summary));

    private static IEnumerable<string> FactsOf(ChatPart part) => part switch
    {
        ChatPart.Paragraph paragraph => [Fact(paragraph.Text)],
        ChatPart.Fine fine => [Fact(fine.Text)],
        ChatPart.Status status => [Fact(status.Text)],
        ChatPart.Verbatim verbatim => [Squeezed(verbatim.Label), Squeezed(Clean.Line(verbatim.Text))],
        ChatPart.Heading heading => [Squeezed(heading.Text)],
        ChatPart.Actions actions => actions.Buttons.SelectMany(FactsOf),
        ChatPart.Row row => FactsOf(row.Button).Append(Fact(row.Text)),
        ChatPart.Rule => [],
        _ => throw new InvalidOperationException($"{part.GetType().Name} has no facts."),
    };

    private static IEnumerable<string> FactsOf(ChatButton button)
    {
        yield return Squeezed(button.Label);
        if (button.Link is { } link)
            yield return Squeezed(link.AbsoluteUri);
        else
            yield return Squeezed(button.Value);
        if (button.Confirm is not { } ask)
            yield break;
        yield return Squeezed(ask.Title);
        yield return Fact(ask.Text);
        yield return Squeezed(ask.Yes);
    }

    private static IEnumerable<string> FactsOf(ChatForm form) => form.Parts.SelectMany(p => p switch
    {
        FormPart.Text text => [Fact(text.Said)],
        FormPart.Verbatim verbatim => [Squeezed(verbatim.Label), Squeezed(verbatim.Said)],
        FormPart.Field field => FactsOf(field),
        _ => Array.Empty<string>(),
    }).Append(Squeezed(form.Title)).Append(Squeezed(form.Submit)).Append(Squeezed(form.About ?? ""));

    private static IEnumerable<string> FactsOf(FormPart.Field field)
    {
        IEnumerable<string?> filled = field.Input switch
        {
            FieldInput.Choice choice => choice.Options.SelectMany(o => new[] { o.Label, o.Description, o.Value }).Append(choice.Chosen?.Value),
            FieldInput.Search search => [search.Chosen?.Label, search.Chosen?.Value, search.Placeholder],
            FieldInput.Words words => [words.Value, words.Placeholder],
            _ => [],
        };
        return filled.Append(field.Label).Append(field.Hint).Append(field.Fault).OfType<string>().Select(Squeezed);
    }

    private static void AssertShown(string where, IEnumerable<string> facts, string shown) => Assert.All(facts, f => Assert.True(shown.Contains(f, StringComparison.Ordinal), $"{where}: {f} is not in {shown}"));

    /// <summary>Every text that a rendering holds.</summary>
    private static string Shown(JsonNode? node) => node switch
    {
        JsonObject { } run when (string?)run["type"] == "TextRun" => Squeezed(Teams((string)run["text"]!).Replace("/access ", "", StringComparison.Ordinal)),
        JsonObject o => string.Concat(o.Select(p => p.Key == "fallback" ? "" : Shown(p.Value))),
        JsonArray a => string.Concat(a.Select(Shown)),
        JsonValue v when v.TryGetValue<string>(out var text) => Squeezed(Teams(Slack(text))),
        _ => "",
    };

    private static string Fact(ChatText text) => Squeezed(string.Concat(text.Pieces.Select(p => p is Piece.Command command ? command.Words : Say.Unstyled(p).Replace("/access ", "", StringComparison.Ordinal))));

    /// <summary>Letters and digits only: what styles and separates is each surface's own.</summary>
    private static string Squeezed(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Where(Rune.IsLetterOrDigit))
            kept.Append(rune.ToString());
        return kept.ToString();
    }

    /// <summary>Slack's date tokens as they read where there are none, its escapes undone, and its slash command as it is typed elsewhere.</summary>
    private static string Slack(string text) => SlackDate().Replace(text, "${at}").Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("`/access ", "`", StringComparison.Ordinal);

    private static string Teams(string text) => TeamsTime().Replace(TeamsDate().Replace(text, "${at}"), "${at} UTC");

    [GeneratedRegex(@"<!date\^[0-9]+\^[^|]*\|(?<at>[^>]*)>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex SlackDate();

    [GeneratedRegex(@"\{\{DATE\((?<at>[0-9-]{10})T[0-9:]{8}Z,SHORT\)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TeamsDate();

    [GeneratedRegex(@"\{\{TIME\([0-9-]{10}T(?<at>[0-9]{2}:[0-9]{2}):[0-9]{2}Z\)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex TeamsTime();
}
