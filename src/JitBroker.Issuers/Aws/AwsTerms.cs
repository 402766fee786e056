using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// What the catalog says of one aws-sts entitlement: the issuer's <see cref="AwsWay"/>, the entitlement's <c>{role, policy, policyArns, session}</c>.
/// The catalog was validated when it was read; this reads again and fails closed, since the text may have been accepted by another build.
/// </summary>
/// <param name="Policy">JSON text of the entitlement's own session policy; null when it has none.</param>
/// <param name="PolicyArns">Managed policies that bound the session, at most ten.</param>
/// <param name="Session">How long one credential lives at most.</param>
internal sealed record AwsTerms(AwsWay Way, RoleArn Role, string? Policy, IReadOnlyList<string> PolicyArns, TimeSpan Session)
{
    /// <summary>AWS takes no shorter and no longer session (AssumeRole, API version 2011-06-15).</summary>
    public static readonly TimeSpan ShortestSession = TimeSpan.FromMinutes(15);

    public static readonly TimeSpan LongestSession = TimeSpan.FromHours(12);

    /// <summary>True with <paramref name="terms"/>, or false with <paramref name="problem"/> a sentence for people. Never throws.</summary>
    public static bool TryRead(string settings, string grants, [NotNullWhen(true)] out AwsTerms? terms, out string problem)
    {
        terms = null;
        if (!AwsWay.TryRead(settings, out var way, out problem))
            return false;
        if (Parse(grants) is not { } granted)
            problem = "The entitlement's grants are not a JSON object.";
        else if (Text(granted["role"]) is not { } arn || RoleArn.Read(arn) is not { } role)
            problem = "grants.role is not the ARN of a role.";
        else if (SessionOf(granted) is not { } session)
            problem = "grants.session is not a duration from 15m to 12h.";
        else if (ArnsOf(granted) is not { } arns)
            problem = "grants.policyArns is not a list of at most ten ARNs of policies.";
        else if (granted["policy"] is { } policy && !SessionPolicy.IsReadable(Text(policy)))
            problem = "grants.policy is not an IAM policy that can bound a session.";
        else
            terms = new AwsTerms(way, role, Text(granted["policy"]), arns, session);
        return terms is not null;
    }

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal static JsonObject? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static TimeSpan? SessionOf(JsonObject granted)
    {
        if (!granted.ContainsKey("session"))
            return TimeSpan.FromHours(1);
        return Durations.TryParse(Text(granted["session"]), out var session, out _) && session >= ShortestSession && session <= LongestSession ? session : null;
    }

    private static List<string>? ArnsOf(JsonObject granted)
    {
        if (!granted.ContainsKey("policyArns"))
            return [];
        if (granted["policyArns"] is not JsonArray items || items.Count > 10)
            return null;
        var arns = items.Select(Text).OfType<string>().Where(a => a.StartsWith("arn:aws", StringComparison.Ordinal)).ToList();
        return arns.Count == items.Count ? arns : null;
    }
}

/// <summary>A role's ARN, taken apart.</summary>
/// <param name="Name">Without its path: what IAM's calls take.</param>
internal sealed partial record RoleArn(string Text, string Partition, string Account, string Name)
{
    public static RoleArn? Read(string text)
    {
        var match = Form().Match(text);
        return match.Success ? new RoleArn(text, match.Groups["partition"].Value, match.Groups["account"].Value, match.Groups["name"].Value) : null;
    }

    public override string ToString() => Text;

    [GeneratedRegex(@"\Aarn:(?<partition>aws[a-z-]*):iam::(?<account>[0-9]{12}):role/([A-Za-z0-9_+=,.@-]+/)*(?<name>[A-Za-z0-9_+=,.@-]{1,64})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Form();
}
