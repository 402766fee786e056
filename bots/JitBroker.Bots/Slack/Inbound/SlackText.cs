using System.Text.RegularExpressions;

namespace JitBroker.Bots.Slack;

/// <summary>What a person typed, out of what Slack made of it: with <c>should_escape</c> three characters come escaped and names as ids.</summary>
internal static partial class SlackText
{
    public static string Plain(string? text) => Unescaped(Reference().Replace(text ?? "", Shown));

    /// <summary><c>&lt;@U1|ana&gt;</c> was typed as @ana, <c>&lt;https://x|x&gt;</c> as x.</summary>
    private static string Shown(Match match)
    {
        var (sigil, id, label) = (match.Groups["sigil"].Value, match.Groups["id"].Value, match.Groups["label"]);
        var said = label.Success && label.Value.Length > 0 ? label.Value : id;
        return sigil is "@" or "#" ? sigil + said : said;
    }

    private static string Unescaped(string text) =>
        text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);

    [GeneratedRegex(@"<(?<sigil>[@#!]?)(?<id>[^<>|]*)(?:\|(?<label>[^<>]*))?>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
