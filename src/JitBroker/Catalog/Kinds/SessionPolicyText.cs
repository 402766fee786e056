using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// A session policy of an aws-sts entitlement, as a map or as JSON text: its form (IAM's policy grammar, without principals), and what in it is wide.
/// </summary>
internal static class SessionPolicyText
{
    /// <summary>AWS counts the policy and the ARNs of managed ones together.</summary>
    public const int Longest = 2_048;

    /// <summary>What the broker adds: two statements, and a bound on each Allow.</summary>
    private const int OfTheEnd = 240;
    private const int OfEachAllow = 75;

    private const string Version = "2012-10-17";
    private static readonly string[] Members = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];

    /// <summary>Services by which one makes access that lasts, for oneself or others.</summary>
    private static readonly string[] OfAccess = ["iam", "sts", "organizations", "account", "sso", "sso-directory", "identitystore"];
    private static readonly string[] Looking = ["Get", "List", "Describe", "Simulate", "Generate", "Decode"];

    /// <summary>JSON text, or null with a problem.</summary>
    public static string? Read(Field field, WideGrants wide)
    {
        if (Parse(field) is not { } policy)
            return null;
        if (Statements(policy["Statement"]) is not { } statements)
            field.FaultHere("The policy is no IAM policy: it has no Statement", "Write { Version: \"2012-10-17\", Statement: [ … ] }.");
        else if (policy["Version"] is { } version && Text(version) != Version)
            field.FaultHere("The policy is of another version than 2012-10-17", "Write Version: \"2012-10-17\".");
        else if (policy.FirstOrDefault(m => m.Key is not ("Version" or "Id" or "Statement")).Key is { } unknown)
            field.FaultHere($"The policy has a part \"{unknown}\", which AWS does not know", "Remove it.");
        else if (statements.Select(Objection).OfType<string>().FirstOrDefault() is { } objection)
            field.FaultHere(objection, "Correct it.");
        else
            return Widths(field, policy, statements, wide);
        return null;
    }

    /// <summary>At most this many characters go to AWS for it.</summary>
    public static int LengthWithEnd(string policy) =>
        policy.Length + OfTheEnd + (OfEachAllow * (Statements(JsonNode.Parse(policy)!["Statement"])?.Count(s => Text(s["Effect"]) == "Allow") ?? 0));

    private static JsonObject? Parse(Field field)
    {
        try
        {
            var policy = field.Node is YamlScalar text ? JsonNode.Parse(text.Text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) : JsonValues.Of(field);
            if (policy is JsonObject found)
                return found;
            field.FaultHere("The policy is no IAM policy: it has no Statement", "Write { Version: \"2012-10-17\", Statement: [ … ] }.");
        }
        catch (JsonException)
        {
            field.FaultHere("The policy is not JSON", "Write it as JSON text or as a map.");
        }

        return null;
    }

    private static string Widths(Field field, JsonObject policy, List<JsonObject> statements, WideGrants wide)
    {
        foreach (var width in statements.Where(s => Text(s["Effect"]) == "Allow").SelectMany(Widths))
            wide.FaultHere(field, width);
        policy["Version"] = Version;
        return policy.ToJsonString();
    }

    private static string? Objection(JsonObject statement) => statement switch
    {
        _ when Text(statement["Effect"]) is not ("Allow" or "Deny") => "A statement of the policy has no Effect Allow or Deny",
        _ when statement.Any(m => m.Key is "Principal" or "NotPrincipal") => "A statement of the policy has a Principal, which a session policy may not have",
        _ when statement.FirstOrDefault(m => !Members.Contains(m.Key, StringComparer.Ordinal)).Key is { } unknown => $"A statement of the policy has a part \"{unknown}\", which AWS does not know",
        _ when Texts(statement["Action"] ?? statement["NotAction"]) is null || (statement.ContainsKey("Action") && statement.ContainsKey("NotAction")) => "A statement of the policy needs Action or NotAction, a text or a list of texts",
        _ when Texts(statement["Resource"] ?? statement["NotResource"]) is null || (statement.ContainsKey("Resource") && statement.ContainsKey("NotResource")) => "A statement of the policy needs Resource or NotResource, a text or a list of texts",
        _ when statement.ContainsKey("Condition") && (statement["Condition"] is not JsonObject conditions || conditions.Any(c => c.Value is not JsonObject)) => "A Condition of the policy is no map of maps",
        _ => null,
    };

    private static IEnumerable<string> Widths(JsonObject allow)
    {
        if (allow.ContainsKey("NotAction") || allow.ContainsKey("NotResource"))
            yield return "The policy allows all but what it names (NotAction or NotResource)";
        foreach (var action in Texts(allow["Action"]) ?? [])
            if (WidthOfAction(action) is { } why)
                yield return $"The policy allows {action}, {why}";
        foreach (var resource in Texts(allow["Resource"]) ?? [])
            if (IsAny(resource))
                yield return $"The policy allows it on {resource}, which is any resource";
    }

    private static string? WidthOfAction(string action)
    {
        var at = action.IndexOf(':', StringComparison.Ordinal);
        var (service, verb) = at < 0 ? (action, "*") : (action[..at].ToLowerInvariant(), action[(at + 1)..]);
        if (service.Contains('*', StringComparison.Ordinal) || service.Contains('?', StringComparison.Ordinal))
            return "which is any service's";
        if (verb.Trim('*', '?').Length == 0)
            return "which is all that the service can do, giving access to others included";
        return OfAccess.Contains(service, StringComparer.Ordinal) && !Looking.Any(l => verb.StartsWith(l, StringComparison.OrdinalIgnoreCase))
            ? "by which one makes access that outlasts the grant"
            : null;
    }

    /// <summary><c>*</c>, or an ARN whose resource is nothing but wildcards: <c>arn:aws:s3:::*</c>.</summary>
    private static bool IsAny(string resource)
    {
        var parts = resource.Split(':', 6);
        return parts.Length < 6 ? resource.Contains('*', StringComparison.Ordinal) : parts[5].Trim('*', '?').Length == 0;
    }

    private static List<JsonObject>? Statements(JsonNode? node)
    {
        if (node is JsonObject one)
            return [one];
        return node is JsonArray many && many.All(s => s is JsonObject) ? [.. many.OfType<JsonObject>()] : null;
    }

    private static List<string>? Texts(JsonNode? node) => node switch
    {
        JsonArray many when many.Count > 0 && many.All(t => Text(t) is { Length: > 0 }) => [.. many.Select(Text).OfType<string>()],
        _ => Text(node) is { Length: > 0 } one ? [one] : null,
    };

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
