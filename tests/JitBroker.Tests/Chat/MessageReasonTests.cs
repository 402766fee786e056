using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Slack;
using JitBroker.Bots.Teams;

namespace JitBroker.Tests.Chat;

/// <summary>A message that somebody wants access for, as a reason (E1).</summary>
public sealed partial class MessageReasonTests
{
    [Fact]
    public void A_reason_made_of_a_message_is_one_short_line() =>
        Prop.ForAll(EverySaying.Hostile, text =>
        {
            foreach (var said in new[] { SlackText.Plain(text), InTeams(text, "html"), InTeams(text, "text") })
            {
                var reason = MessageReason.DraftOf(said, link: null).Reason;
                Assert.InRange(reason.Length, 0, 300);
                Assert.DoesNotMatch(Hidden(), reason);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("<div><div>INC-42 checkout<br>is&nbsp;slow &lt;b&gt;</div></div>", "INC-42 checkout is slow <b>")]
    [InlineData("<p>look: <a href=\"https://evil.example\">here</a></p>", "look: here")]
    [InlineData("<attachment id=\"1\"></attachment>", "")]
    [InlineData("<<<<", "<<<<")]
    public void What_Teams_hands_over_as_HTML_reads_as_it_was_shown(string html, string said) => Assert.Equal(said, MessageReason.DraftOf(InTeams(html, "html"), link: null).Reason);

    private static string InTeams(string text, string type) => MessageText.Plain(new JsonObject { ["contentType"] = type, ["content"] = text });

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Cs}-[\uD800-\uDFFF]]", RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Hidden();
}
