using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog;

namespace JitBroker.Issuing;

/// <summary>
/// Takes secrets out of what is said about a target: the admin secrets that its settings refer to, resolved anew, in the forms they travel in, and whatever
/// looks like a secret (rule 11). Asked only when something went wrong.
/// </summary>
/// <param name="secrets">Null where references cannot be followed; shapes are masked all the same.</param>
internal sealed partial class Scrubber(SecretResolver? secrets)
{
    private const int LongestText = 600;

    /// <summary>A shorter value would take half the text with it, and is no secret from anybody.</summary>
    private const int ShortestSecret = 3;

    /// <summary>Keys whose values are no secrets, though they may come by reference.</summary>
    private static readonly string[] NoSecrets = ["user", "accessKeyId", "region"];

    /// <param name="settings">An issuer's settings or a handle's data, references unresolved.</param>
    public string Clean(string text, JsonNode? settings)
    {
        foreach (var secret in Known(settings).Where(s => s.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).OrderByDescending(s => s.Length))
            text = text.Replace(secret, SecretShapes.Mask, StringComparison.Ordinal);
        text = SecretShapes.Hide(text);
        return text.Length > LongestText ? text[..LongestText] + "…" : text;
    }

    /// <inheritdoc cref="Clean(string, JsonNode?)"/>
    public string Clean(string text, string settings)
    {
        try
        {
            return Clean(text, JsonNode.Parse(settings));
        }
        catch (System.Text.Json.JsonException)
        {
            return Clean(text, (JsonNode?)null);
        }
    }

    private IEnumerable<string> Known(JsonNode? node) => node switch
    {
        JsonObject map => map.Where(e => !NoSecrets.Contains(e.Key, StringComparer.Ordinal)).SelectMany(e => Known(e.Value)),
        JsonArray list => list.SelectMany(Known),
        JsonValue value when value.TryGetValue<string>(out var text) && text.Contains("${", StringComparison.Ordinal) => Forms(text),
        _ => [],
    };

    private IEnumerable<string> Forms(string text)
    {
        if (secrets?.Resolve(text).Secret is not { } secret)
            yield break;
        var value = secret.Reveal();
        foreach (var part in Passwords().Matches(value).Select(m => m.Groups["value"].Value).Append(value))
        {
            yield return part;
            yield return Uri.EscapeDataString(part);
        }
    }

    /// <summary>In a connection string or an address.</summary>
    [GeneratedRegex("""(password|passwd|pwd|psw)\s*=\s*["']?(?<value>[^;"']+)|://[^/\s:@]*:(?<value>[^/\s@]+)@""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Passwords();
}
