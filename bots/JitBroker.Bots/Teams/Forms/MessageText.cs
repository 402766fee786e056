using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>What a message says, out of the HTML as which Teams hands it over when somebody acts on it. It passes through their client: data and nothing more.</summary>
internal static partial class MessageText
{
    /// <param name="body">Its <c>contentType</c> and <c>content</c>.</param>
    public static string Plain(JsonObject? body)
    {
        var content = body.Text("content") ?? "";
        return body.Text("contentType") == "text" ? content : WebUtility.HtmlDecode(Tag().Replace(content, " "));
    }

    [GeneratedRegex("<[^<>]*>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Tag();
}
