using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// The policy that goes with each session. AWS lets a session do what the role may AND what its session policies allow (inline and managed ones together)
/// AND no statement denies. So what bounds here is: the entitlement's own statements as they are, or, where it names managed policies only, no Allow at all,
/// since one of ours would widen theirs; and always two Deny statements: nothing after the end, and no other credential got with this one.
/// </summary>
internal static class SessionPolicy
{
    /// <summary>AWS counts the text of the inline policy and the ARNs of the managed ones together.</summary>
    public const int Longest = 2_048;

    private const string Version = "2012-10-17";
    private const string Now = "aws:CurrentTime";

    // A session that could get itself another one, in another role or as a token for somebody else, would outlive the end of this one.
    private static readonly string[] Chaining = ["sts:AssumeRole*", "sts:AssumeRoot", "sts:Get*Token"];

    private static readonly JsonSerializerOptions Short = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="until">In whole seconds.</param>
    public static string Of(AwsTerms terms, DateTimeOffset until)
    {
        var end = until.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var statements = terms.Policy is null ? [] : StatementsOf(Parse(terms.Policy)!)!.Select(s => s.DeepClone().AsObject()).ToList();
        if (terms.Policy is null && terms.PolicyArns.Count == 0)
            statements.Add(new JsonObject { ["Effect"] = "Allow", ["Action"] = "*", ["Resource"] = "*" });
        foreach (var allow in statements.Where(s => AwsTerms.Text(s["Effect"]) == "Allow"))
            Bound(allow, end);
        statements.Add(new JsonObject { ["Effect"] = "Deny", ["Action"] = new JsonArray([.. Chaining.Select(a => (JsonNode)a)]), ["Resource"] = "*" });
        statements.Add(new JsonObject { ["Effect"] = "Deny", ["Action"] = "*", ["Resource"] = "*", ["Condition"] = At("DateGreaterThanEquals", end) });
        return Ascii(new JsonObject { ["Version"] = Version, ["Statement"] = new JsonArray([.. statements]) }.ToJsonString(Short));
    }

    /// <summary>What AWS will count against <see cref="Longest"/>.</summary>
    public static int LengthOf(AwsTerms terms, string policy) => policy.Length + terms.PolicyArns.Sum(a => a.Length);

    /// <summary>Whether the broker understands every part that could widen or void what it adds.</summary>
    public static bool IsReadable(string? policy) =>
        policy is not null && Parse(policy) is { } document && AwsTerms.Text(document["Version"]) == Version && document.All(m => m.Key is "Version" or "Id" or "Statement")
        && StatementsOf(document) is { } statements && statements.All(IsReadable);

    private static bool IsReadable(JsonObject statement) =>
        AwsTerms.Text(statement["Effect"]) is "Allow" or "Deny"
        && statement.All(m => m.Key is "Sid" or "Effect" or "Action" or "NotAction" or "Resource" or "NotResource" or "Condition")
        && statement.ContainsKey("Action") != statement.ContainsKey("NotAction")
        && statement.ContainsKey("Resource") != statement.ContainsKey("NotResource")
        && (!statement.ContainsKey("Condition") || statement["Condition"] is JsonObject conditions && conditions.All(c => c.Value is JsonObject));

    private static JsonObject? Parse(string policy) => AwsTerms.Parse(policy);

    /// <summary>One statement may stand without its list.</summary>
    private static List<JsonObject>? StatementsOf(JsonObject document)
    {
        if (document["Statement"] is JsonObject one)
            return [one];
        if (document["Statement"] is not JsonArray many)
            return null;
        var statements = many.OfType<JsonObject>().ToList();
        return statements.Count == many.Count ? statements : null;
    }

    /// <summary>
    /// The end also stands in the Allow itself. A bound of the statement's own is left alone: two values under one key would be alternatives, and the
    /// Deny holds anyway.
    /// </summary>
    private static void Bound(JsonObject allow, string end)
    {
        if (allow["Condition"] is not JsonObject conditions)
        {
            allow["Condition"] = At("DateLessThan", end);
            return;
        }

        var before = conditions.Where(c => string.Equals(c.Key, "DateLessThan", StringComparison.OrdinalIgnoreCase)).Select(c => c.Value).OfType<JsonObject>().FirstOrDefault();
        if (before is null)
            conditions["DateLessThan"] = new JsonObject { [Now] = end };
        else if (!before.Any(k => string.Equals(k.Key, Now, StringComparison.OrdinalIgnoreCase)))
            before[Now] = end;
    }

    private static JsonObject At(string comparison, string end) => new() { [comparison] = new JsonObject { [Now] = end } };

    /// <summary>AWS takes U+0020 to U+00FF in a policy; what lies above is written as JSON escapes it.</summary>
    private static string Ascii(string json)
    {
        if (json.All(c => c <= 0xFF))
            return json;
        var text = new StringBuilder(json.Length + 32);
        foreach (var c in json)
            _ = c <= 0xFF ? text.Append(c) : text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        return text.ToString();
    }
}
