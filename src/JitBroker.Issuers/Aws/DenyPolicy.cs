using System.Globalization;
using System.Text.Json.Nodes;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// The inline policies by which the broker ends sessions of a role early (issuers.md §1.2). AWS reads the tags of a session at each of its calls, so what
/// is listed here ends, and other people's sessions of the role go on.
/// </summary>
internal static class DenyPolicy
{
    public const string Name = "JitBrokerRevoked";

    /// <summary>The name that AWS's own console uses for the same thing.</summary>
    public const string OlderName = "AWSRevokeOlderSessions";

    /// <summary>All inline policies of a role share 10,240 characters; this many ids take about 7,400 and leave room for the role's own.</summary>
    public const int Budget = 250;

    /// <summary>Null when nothing is denied, so that no policy is needed.</summary>
    public static string? Render(IReadOnlyCollection<Denial> denials)
    {
        var grants = denials.Where(d => d.Tag == SessionNames.GrantTag).Select(d => d.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        // A lease whose whole grant is denied need not be named.
        var leases = denials.Where(d => d.Tag == SessionNames.LeaseTag && !grants.Contains(d.GrantId, StringComparer.Ordinal)).Select(d => d.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (grants.Count + leases.Count == 0)
            return null;
        var statements = new JsonArray();
        if (grants.Count > 0)
            statements.Add(Statement("JitRevoked", SessionNames.GrantTag, grants));
        if (leases.Count > 0)
            statements.Add(Statement("JitRevokedLeases", SessionNames.LeaseTag, leases));
        return Document(statements);
    }

    /// <summary>Everything that any session of the role may do which was issued before.</summary>
    public static string RenderOlder(DateTimeOffset before) => Document(new JsonArray(new JsonObject
    {
        ["Effect"] = "Deny",
        ["Action"] = new JsonArray("*"),
        ["Resource"] = new JsonArray("*"),
        ["Condition"] = new JsonObject { ["DateLessThan"] = new JsonObject { ["aws:TokenIssueTime"] = before.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) } },
    }));

    /// <summary>How many ids <see cref="Render"/> would write.</summary>
    public static int CountOf(IReadOnlyCollection<Denial> denials)
    {
        var grants = denials.Where(d => d.Tag == SessionNames.GrantTag).Select(d => d.Value).ToHashSet(StringComparer.Ordinal);
        return grants.Count + denials.Count(d => d.Tag == SessionNames.LeaseTag && !grants.Contains(d.GrantId));
    }

    /// <summary>Whether a document that stands at IAM denies this one.</summary>
    public static bool Denies(string? document, Denial denial) =>
        Denies(document, denial.GrantId, denial.Tag == SessionNames.LeaseTag ? denial.Value : null);

    /// <summary>Whether a document that stands at IAM denies a session, alone or with its grant.</summary>
    public static bool Denies(string? document, string grantId, string? leaseId) =>
        document is not null && AwsTerms.Parse(document) is { } read && read["Statement"] is JsonArray statements
        && statements.OfType<JsonObject>().Any(s => Lists(s, SessionNames.GrantTag, grantId) || (leaseId is not null && Lists(s, SessionNames.LeaseTag, leaseId)));

    /// <summary>Before when sessions were issued that this document denies, whoever wrote it; null when it denies none that way.</summary>
    public static DateTimeOffset? OlderThan(string? document)
    {
        if (document is null || AwsTerms.Parse(document)?["Statement"] is not JsonArray { Count: 1 } statements || statements[0] is not JsonObject deny)
            return null;
        var bound = (deny["Condition"] as JsonObject)?["DateLessThan"] as JsonObject;
        return DateTimeOffset.TryParse(AwsTerms.Text(bound?["aws:TokenIssueTime"]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var before) && Same(document, RenderOlder(before)) ? before : null;
    }

    /// <summary>Whether a document read back says what was written: as JSON, since AWS may write it otherwise.</summary>
    public static bool Same(string? one, string? other) => one is null || other is null
        ? one is null && other is null
        : AwsTerms.Parse(one) is { } left && AwsTerms.Parse(other) is { } right && JsonNode.DeepEquals(left, right);

    private static bool Lists(JsonObject statement, string tag, string value) =>
        AwsTerms.Text(statement["Effect"]) == "Deny" && AwsTerms.Text(statement["Action"]) == "*" && AwsTerms.Text(statement["Resource"]) == "*"
        && statement["Condition"] is JsonObject { Count: 1 } conditions && conditions["StringEquals"] is JsonObject { Count: 1 } tags
        && tags[$"aws:PrincipalTag/{tag}"] is JsonArray values && values.Any(v => AwsTerms.Text(v) == value);

    private static JsonObject Statement(string id, string tag, IEnumerable<string> values) => new()
    {
        ["Sid"] = id,
        ["Effect"] = "Deny",
        ["Action"] = "*",
        ["Resource"] = "*",
        ["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { [$"aws:PrincipalTag/{tag}"] = new JsonArray([.. values.Select(v => (JsonNode)v)]) } },
    };

    private static string Document(JsonArray statements) => new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statements }.ToJsonString();
}
