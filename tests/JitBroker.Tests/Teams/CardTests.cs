using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Teams;
using JitBroker.Outbox;
using JitBroker.Tests.Chat;
using JitBroker.Tests.Slack;

namespace JitBroker.Tests.Teams;

/// <summary>
/// Attack E1 and chat-wire B4, B6 on whole cards: whatever stands in names, titles, reasons and errors, a card stays within what Teams takes and nothing in it is live.
/// </summary>
public sealed partial class CardTests
{
    private const string Account = "29:1bea";
    private static readonly CardOrigin Origin = new(CardNames.Approval, Stories.Id);

    [Fact]
    public void No_card_notice_list_or_refusal_can_be_made_live_or_too_large() =>
        Prop.ForAll(EverySaying.Hostile, text =>
        {
            foreach (var (name, message) in EverySaying.Messages(text, Account))
            {
                Check(name, CardRenderer.Render(message, CardView.InPerson(Origin)), name.StartsWith("waiting-", StringComparison.Ordinal));
                Check(name, CardRenderer.Render(message, Shared()), name.StartsWith("waiting-", StringComparison.Ordinal));
                Assert.InRange(CardRenderer.Summary(message).Length, 1, CardLimits.Summary);
                Assert.DoesNotMatch(Hidden(), CardRenderer.Summary(message));
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_form_can_be_made_live_or_too_large() =>
        Prop.ForAll(EverySaying.Hostile, text =>
        {
            foreach (var (name, form) in EverySaying.Forms(text))
            {
                foreach (var isDialog in new[] { true, false })
                    Check(name, FormCard.Of(form, new FormPlace(isDialog, Origin, TimeSpan.FromHours(1))), mentions: false);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_Home_can_be_made_live_or_too_large() =>
        Prop.ForAll(EverySaying.Hostile, text =>
        {
            foreach (var (name, parts) in EverySaying.Homes(text))
                Check(name, CardRenderer.Render(new ChatMessage(ChatText.Plain(text), parts), CardView.InPerson(Origin)), mentions: false);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_card_in_a_channel_is_safe_for_everyone_and_those_who_can_act_fetch_their_own()
    {
        foreach (var (name, message) in EverySaying.Messages(null, Account))
        {
            var card = CardRenderer.Render(message, Shared());
            Assert.True(CardShapes.All(card["body"], "Action.Execute", "Action.Submit", "Action.OpenUrl", "Action.ShowCard", "ActionSet").ToList().Count == 0, name);
            Assert.Equal(CardLimits.RefreshFor, card["refresh"]!["userIds"]!.AsArray().Count);
            Assert.Equal(("refresh", Stories.Id), ((string?)card["refresh"]!["action"]!["verb"], (string?)card["refresh"]!["action"]!["data"]!["id"]));
        }
    }

    [Fact]
    public void What_a_button_sends_back_names_what_is_meant_and_nothing_else()
    {
        foreach (var (name, message) in EverySaying.Messages(null, Account))
        {
            var card = CardRenderer.Render(message, CardView.InPerson(Origin));
            foreach (var action in CardShapes.All(card, "Action.Execute", "Action.Submit"))
            {
                var data = (JsonObject)action["data"]!;
                Assert.True(data.Select(p => p.Key).Except(["id", "card", "verb", "msteams"]).ToList().Count == 0, name);
                Assert.True(Ids.IsId((string)data["id"]!) || (string?)data["id"] == ChatActions.Nothing || name.StartsWith("why", StringComparison.Ordinal), name);
            }
        }
    }

    [Fact]
    public void A_question_is_asked_before_a_risky_press_counts()
    {
        var card = CardRenderer.Render(ApprovalCard.Of(Stories.Of("pending", risk: JitBroker.Catalog.Risk.High), Recipients.Person("bea@example.com")), CardView.InPerson(Origin));
        var asked = Assert.Single(CardShapes.All(card, "Action.ShowCard"));
        Assert.Equal("Approve", (string?)asked["title"]);
        Assert.Contains("marked as high risk", asked["card"]!.ToJsonString(), StringComparison.Ordinal);
        var yes = Assert.Single(CardShapes.All(asked["card"], "Action.Execute"));
        Assert.Equal(("approve", Stories.Id), ((string?)yes["verb"], (string?)yes["data"]!["id"]));
        Assert.DoesNotContain(CardShapes.All(card["body"], "ActionSet").SelectMany(s => s["actions"]!.AsArray()), a => (string?)a!["verb"] == "approve");
    }

    [Fact]
    public void A_mention_is_declared_and_two_of_one_name_are_told_apart()
    {
        var text = ChatText.Of($"Waiting for {Say.Mention("29:1bea", "Bea")}, {Say.Mention("29:2bea", "Bea")}, {Say.Mention("29:1bea", "Bea")} and {Say.Mention("<at>x</at>", "Dan")}");
        var card = CardRenderer.Render(new ChatMessage(text, [new ChatPart.Paragraph(text)]), CardView.InPerson());
        Assert.Equal("Waiting for <at>Bea</at>, <at>Bea (2)</at>, <at>Bea</at> and Dan", (string?)Assert.Single(CardShapes.All(card, "TextBlock"))["text"]);
        Assert.Equal(
            ["<at>Bea</at> 29:1bea", "<at>Bea (2)</at> 29:2bea"],
            card["msteams"]!["entities"]!.AsArray().Select(e => $"{e!["text"]} {e["mentioned"]!["id"]}"));
    }

    [Theory]
    [InlineData("[click](https://evil.example) *b* _i_ ~s~ `c`", "［click］(https∶//evil.example) ∗b∗ ˍiˍ ∼s∼ ˋcˋ")]
    [InlineData("<at>Bea</at> &lt;b&gt; R&D", "‹at›Bea‹/at› ＆lt;b＆gt; R＆D")]
    [InlineData("1. Approved by Bea", "1․ Approved by Bea")]
    [InlineData("# big", "＃ big")]
    [InlineData("payments_logs:read", "payments_logs:read")]
    [InlineData("{{DATE(2026-11-22T12:00:00Z,SHORT)}}", "{ {DATE(2026-11-22T12:00:00Z,SHORT)}}")]
    public void Data_among_markdown_is_made_inert_in_one_place(string given, string inert) => Assert.Equal(inert, CardMarkdown.Inert(given));

    [Fact]
    public void The_fattest_request_of_all_fits_with_everything_around_it()
    {
        foreach (var story in FattestStory.All())
        {
            foreach (var (name, message) in new[] { ("approval", ApprovalCard.Of(story, Recipients.Channel("19:x"))), ("asker", AskerCard.Of(story)) })
            {
                foreach (var view in new[] { CardView.InPerson(Origin), Shared() })
                {
                    var activity = FattestStory.Activity(message, CardRenderer.Render(message, view));
                    Assert.True(CardJson.SizeOf(activity) < 25_000, $"{name}: {CardJson.SizeOf(activity)} bytes");
                    Check(name, (JsonObject)activity["attachments"]![0]!["content"]!, mentions: false);
                }
            }

            var shown = CardRenderer.Render(ApprovalCard.Of(story, Recipients.Person("owner1@example.com")), CardView.InPerson(Origin)).ToJsonString();
            Assert.Equal(story.Request.IsPending, shown.Contains("\"verb\":\"approve\"", StringComparison.Ordinal));
            Assert.Contains("…", CardJson.Write(JsonNode.Parse(shown)!), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void More_than_fits_is_left_out_from_the_end_and_said()
    {
        var entry = new ChatPart[] { new ChatPart.Paragraph(ChatText.Plain(new string('漢', 200))), new ChatPart.Actions(ApprovalCard.Buttons(Stories.Of("pending"))), new ChatPart.Rule() };
        var card = CardRenderer.Render(new ChatMessage(ChatText.Plain("Many"), [.. Enumerable.Repeat(entry, 100).SelectMany(e => e)]), CardView.InPerson(Origin));
        Check("many", card, mentions: false);
        Assert.Contains("There is more than fits", card.ToJsonString(), StringComparison.Ordinal);
        var body = card["body"]!.AsArray();
        Assert.InRange(body.Count, 20, 300);
        Assert.Equal("RichTextBlock", (string?)body[0]!["type"]);
    }

    [Fact]
    public void Of_more_choices_than_fit_the_first_are_offered_and_the_chosen_one_and_the_form_says_so()
    {
        var options = Enumerable.Range(0, 500).Select(i => new FormOption($"e{i}", new string('漢', 100) + i, "High risk")).ToList();
        var form = new ChatForm("request", "Request access", null, "Ask", [new FormPart.Field("entitlement", "What do you need?", new FieldInput.Search(options, options[450], "Type to search"))]);
        var card = FormCard.Of(form, new FormPlace(IsDialog: true, null, TimeSpan.Zero));
        Check("choices", card, mentions: false);
        var choices = Assert.Single(CardShapes.All(card, "Input.ChoiceSet"))["choices"]!.AsArray();
        Assert.InRange(choices.Count, 20, 200);
        Assert.Equal("e450", (string?)choices[^1]!["value"]);
        Assert.Contains("of 500. For another, send", card.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>The files are what we say, reviewed and parsed by Microsoft's own renderer. Set <c>UPDATE_GOLDEN=1</c> to write them anew.</summary>
    [Fact]
    public void What_is_said_is_what_was_reviewed()
    {
        var golden = new Golden();
        foreach (var (name, message) in EverySaying.Messages(null, Account))
            golden.Compare(name + ".card.json", CardRenderer.Render(message, CardView.InPerson(Origin)));
        foreach (var (name, story) in Stories.All())
            golden.Compare($"approval-{name}.channel.json", CardRenderer.Render(ApprovalCard.Of(story, Recipients.Channel("19:x")), CardView.Shared(Origin, [.. CardViews.Actors(story)])));
        foreach (var (name, form) in EverySaying.Forms(null))
        {
            golden.Compare(name + ".dialog.json", FormCard.Of(form, new FormPlace(IsDialog: true, null, TimeSpan.FromHours(1))));
            golden.Compare(name + ".form.json", FormCard.Of(form, new FormPlace(IsDialog: false, Origin, TimeSpan.FromHours(1))));
        }

        foreach (var (name, parts) in EverySaying.Homes(null))
            golden.Compare(name + ".card.json", CardRenderer.Render(new ChatMessage(ChatText.Plain("Yours"), parts), CardView.InPerson(new CardOrigin(CardNames.Home, Stories.Id))));
        golden.AssertSame();
    }

    private static CardView Shared() => CardView.Shared(Origin, [.. Enumerable.Range(0, 100).Select(i => $"29:{i}{new string('x', 80)}")]);

    private static void Check(string name, JsonObject card, bool mentions)
    {
        var faults = CardShapes.FaultsOf(card);
        Assert.True(faults.Count == 0, $"{name}: {string.Join("; ", faults)}");
        Assert.True(CardJson.SizeOf(card) <= CardLimits.Card, $"{name}: {CardJson.SizeOf(card)} bytes");
        foreach (var run in CardShapes.All(card, "TextRun"))
            AssertInert(name, (string)run["text"]!);
        foreach (var block in CardShapes.All(card, "TextBlock"))
            AssertNoMarkdown(name, (string)block["text"]!, mentions);
        AssertNoMarkdown(name, (string)card["fallbackText"]!, mentions: false);
    }

    /// <summary>All that is live in a run is a date function made of a number.</summary>
    private static void AssertInert(string name, string text)
    {
        Assert.DoesNotMatch(Hidden(), text);
        Assert.False(DateFunction().Replace(text, "").Contains("{{", StringComparison.Ordinal), $"{name}: {text}");
    }

    private static void AssertNoMarkdown(string name, string text, bool mentions)
    {
        AssertInert(name, text);
        var rest = DateFunction().Replace(mentions ? OurMention().Replace(text, "") : text, "");
        rest = OurStrong().Replace(rest, "${said}");
        Assert.DoesNotMatch(Live(), rest);
    }

    [GeneratedRegex(@"\{\{(?:TIME|DATE)\([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z(?:,SHORT)?\)\}\}", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex DateFunction();

    /// <summary>Bea has an account where it is said; whatever her name, it holds nothing that is live.</summary>
    [GeneratedRegex(@"<at>[^<>\[\]*`~]*</at>", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex OurMention();

    [GeneratedRegex(@"\*\*(?<said>[^*]*)\*\*", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 60_000)]
    private static partial Regex OurStrong();

    [GeneratedRegex(@"[<>*`~\[\]\\|]|&[#A-Za-z]|[A-Za-z]://|\A\s*(?:[#+\-=]|[0-9]+[.)])", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Live();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Cs}-[\uD800-\uDFFF]]", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Hidden();
}
