using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Slack;
using JitBroker.Playground.Blocks;
using JitBroker.Tests.Chat;

namespace JitBroker.Tests.Slack;

/// <summary>
/// Attack E1 and chat-wire A10, A11 on whole messages and views: whatever stands in names, titles, reasons and errors, Slack takes what we say and nothing in it
/// is live. The limits are checked by the playground, which was written from the same table by somebody else.
/// </summary>
public sealed partial class RenderedTests
{
    [Fact]
    public void No_card_notice_list_or_refusal_can_be_made_live_or_too_large() =>
        Prop.ForAll(EverySaying.Hostile, text =>
        {
            foreach (var (name, message) in Messages(text))
                Check(name, MessageRenderer.Render(message));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_form_can_be_made_live_or_too_large() =>
        Prop.ForAll(EverySaying.Hostile, text =>
        {
            foreach (var (name, view) in Views(text))
            {
                var json = SlackJson.ToNode(view)!;
                var faults = ViewShapes.FaultsOfView(json, "modal");
                Assert.True(faults.Count == 0, $"{name}: {string.Join("; ", faults)}");
                AssertInert(name, json);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_Home_can_be_made_live_or_too_large() =>
        Prop.ForAll(EverySaying.Hostile, text =>
        {
            foreach (var (name, view) in Homes(text))
            {
                var json = SlackJson.ToNode(view)!;
                var faults = ViewShapes.FaultsOfView(json, "home");
                Assert.True(faults.Count == 0, $"{name}: {string.Join("; ", faults)}");
                Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(json.ToJsonString()), 1, 250_000);
                Assert.Contains("Ask again", json.ToJsonString(), StringComparison.Ordinal);
                AssertInert(name, json);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_cut_is_cut_between_whole_characters_and_marked()
    {
        Assert.Equal("👩‍👩‍👧‍👦…", Cut.To("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 13));
        Assert.Equal("abc", Cut.To("abc", 3));
        Assert.Equal("ab…", Cut.To("abcd", 3));
        Prop.ForAll(EverySaying.Hostile, ArbMap.Default.ArbFor<PositiveInt>(), (text, limit) => Cut.To(text, limit.Get).Length <= limit.Get).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;")]
    [InlineData("*bold* _it_ ~no~ `code`", "∗bold∗ ˍitˍ ∼no∼ ˋcodeˋ")]
    [InlineData("payments_logs:read", "payments_logs:read")]
    [InlineData("a\nb\u202Ec\u200Bd", "a bcd")]
    [InlineData(":tada: orders-db:read", ":tada∶ orders-db:read")]
    public void Data_is_escaped_in_one_place(string given, string inert) => Assert.Equal(inert, Mrkdwn.Escape(given));

    /// <summary>The files are what we say, reviewed and type-checked against Slack's own types. Set <c>UPDATE_GOLDEN=1</c> to write them anew.</summary>
    [Fact]
    public void What_is_said_is_what_was_reviewed()
    {
        var wrong = new List<string>();
        foreach (var (name, message) in Messages(null))
            Compare(wrong, name + ".blocks.json", SlackJson.ToNode(MessageRenderer.Render(message).Blocks)!);
        foreach (var (name, view) in Views(null))
            Compare(wrong, name + ".modal.json", SlackJson.ToNode(view)!);
        foreach (var (name, view) in Homes(null))
            Compare(wrong, name + ".home.json", SlackJson.ToNode(view)!);
        Assert.True(wrong.Count == 0, $"These differ from the reviewed files: {string.Join(", ", wrong)}. Look at the change, then run with UPDATE_GOLDEN=1.");
    }

    private static IEnumerable<(string Name, ModalView View)> Views(string? text) =>
    [
        ("request-loading", FormView.Loading()),
        .. EverySaying.Forms(text).Select(f => (f.Name, FormView.Of(f.Form))),
        ("said", Modal.Saying("said", "JitBroker", ChatText.Plain(text ?? "You can't decide your own request."))),
    ];

    private static IEnumerable<(string Name, ChatMessage Message)> Messages(string? text) => EverySaying.Messages(text, "U0NOTICE");

    private static IEnumerable<(string Name, HomeView View)> Homes(string? text) => EverySaying.Homes(text).Select(h => (h.Name, MessageRenderer.Home(h.Parts)));

    private static void Check(string name, SlackMessage message)
    {
        var blocks = SlackJson.ToNode(message.Blocks)!;
        var faults = ViewShapes.FaultsOfMessage(blocks);
        Assert.True(faults.Count == 0, $"{name}: {string.Join("; ", faults)}");
        Assert.InRange(message.Text.Length, 1, 4000);
        Assert.True(Shown(blocks) < 13_000, $"{name} shows {Shown(blocks)} characters");
        AssertInert(name, blocks);
        AssertInertMrkdwn(name, message.Text);
    }

    private static void AssertInert(string name, JsonNode node)
    {
        switch (node)
        {
            case JsonObject { } text when (string?)text["type"] == "mrkdwn":
                Assert.True((bool)text["verbatim"]!);
                AssertInertMrkdwn(name, (string)text["text"]!);
                break;
            case JsonObject { } text when (string?)text["type"] == "plain_text":
                Assert.False((bool)text["emoji"]!);
                Assert.DoesNotMatch(Hidden(), (string)text["text"]!);
                break;
            case JsonObject o:
                foreach (var (_, value) in o)
                {
                    if (value is not null)
                        AssertInert(name, value);
                }

                break;
            case JsonArray a:
                foreach (var value in a)
                    AssertInert(name, value!);
                break;
        }
    }

    /// <summary>All that may stand in angle brackets is a date token made of a number, or the mention that we make ourselves; every ampersand is one of the three entities.</summary>
    private static void AssertInertMrkdwn(string name, string mrkdwn)
    {
        var rest = DateToken().Replace(mrkdwn, "");
        rest = name.StartsWith("waiting-", StringComparison.Ordinal) ? rest.Replace("<@U0NOTICE>", "", StringComparison.Ordinal) : rest;
        Assert.False(rest.Contains('<', StringComparison.Ordinal) || rest.Contains('>', StringComparison.Ordinal), $"{name}: {mrkdwn}");
        Assert.DoesNotMatch(LiveAmpersand(), rest);
        Assert.DoesNotMatch(Hidden(), mrkdwn);
    }

    private static int Shown(JsonNode? node) => node switch
    {
        JsonObject o => o.Sum(p => p.Key == "text" && p.Value is JsonValue v ? v.ToString().Length : Shown(p.Value)),
        JsonArray a => a.Sum(Shown),
        _ => 0,
    };

    private static void Compare(List<string> wrong, string name, JsonNode said)
    {
        var path = Path.Combine(Folder(), name);
        var text = said.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Folder());
            File.WriteAllText(path, text);
        }
        else if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            wrong.Add(name);
        }
    }

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "golden");

    [GeneratedRegex(@"<!date\^[0-9]+\^[{}a-z_ ]+\|[0-9: UTC-]+>", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex DateToken();

    [GeneratedRegex("&(?!amp;|lt;|gt;)", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex LiveAmpersand();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Cs}-[\uD800-\uDFFF]]", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Hidden();
}
