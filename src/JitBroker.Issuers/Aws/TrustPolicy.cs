using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Aws;

/// <summary>What a role's trust policy says of the broker, as far as its text tells. Conditions are not worked out: a try to assume the role shows what they do.</summary>
internal static class TrustPolicy
{
    private static readonly string[] Needed = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];

    public static IReadOnlyList<TargetFinding> Find(RoleArn role, string trust, string broker)
    {
        if (AwsTerms.Parse(trust)?["Statement"] is not { } given)
            return [new TargetFinding(false, $"The trust policy of {role} cannot be read.", "Look at it.")];
        var allows = (given is JsonArray many ? many.OfType<JsonObject>() : new[] { given }.OfType<JsonObject>()).Where(s => AwsTerms.Text(s["Effect"]) == "Allow").ToList();
        var ours = allows.Where(s => PrincipalsOf(s).Any(p => Covers(p, broker, role))).ToList();
        if (ours.Count == 0)
            return [new TargetFinding(true, $"The trust policy of {role} does not name the broker's user {broker}.", $"Add it as Principal, with {string.Join(", ", Needed)}.")];
        return [.. Lacking(role, ours), .. Others(role, allows, broker)];
    }

    private static IEnumerable<TargetFinding> Lacking(RoleArn role, List<JsonObject> ours)
    {
        var actions = ours.SelectMany(s => Texts(s["Action"])).ToList();
        var lacking = Needed.Where(n => !actions.Any(a => Glob.Matches(a, n, ignoreCase: true))).ToList();
        if (lacking.Count > 0)
            yield return new TargetFinding(true, $"The trust policy of {role} does not let the broker {string.Join(" and ", lacking)}.", "Add them to its Action: each session is tagged with its grant and carries its holder as source identity.");
    }

    private static IEnumerable<TargetFinding> Others(RoleArn role, List<JsonObject> allows, string broker)
    {
        var others = allows.SelectMany(PrincipalsOf).Where(p => p != broker).Distinct(StringComparer.Ordinal).ToList();
        if (others.Count > 0)
            yield return new TargetFinding(others.Contains("*", StringComparer.Ordinal), $"The trust policy of {role} lets others in too, past the broker: {string.Join(", ", others)}.", "Let the broker's user be its only Principal.");
    }

    private static bool Covers(string principal, string broker, RoleArn role) =>
        principal == "*" || principal == broker || principal == role.Account || principal == $"arn:{role.Partition}:iam::{role.Account}:root";

    private static List<string> PrincipalsOf(JsonObject statement) => statement["Principal"] switch
    {
        JsonObject kinds => [.. kinds.SelectMany(k => Texts(k.Value))],
        { } other => Texts(other),
        null => [],
    };

    private static List<string> Texts(JsonNode? node) => node is JsonArray many ? [.. many.Select(AwsTerms.Text).OfType<string>()] : AwsTerms.Text(node) is { } one ? [one] : [];
}

/// <summary>IAM's wildcards: <c>*</c> for any run of characters, <c>?</c> for one.</summary>
internal static class Glob
{
    public static bool Matches(string pattern, string text, bool ignoreCase = false)
    {
        if (ignoreCase)
            (pattern, text) = (pattern.ToLowerInvariant(), text.ToLowerInvariant());
        var (p, t, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]) && pattern[p] != '*')
                (p, t) = (p + 1, t + 1);
            else if (p < pattern.Length && pattern[p] == '*')
                (star, mark, p) = (p, t, p + 1);
            else if (star >= 0)
                (p, mark, t) = (star + 1, mark + 1, mark + 1);
            else
                return false;
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
