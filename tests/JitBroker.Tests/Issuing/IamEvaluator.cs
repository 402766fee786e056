using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JitBroker.Tests.Issuing;

/// <summary>A session as AWS sees it at each of its calls.</summary>
/// <param name="SessionPolicies">The inline one and the managed ones; empty: none bounds it.</param>
/// <param name="Tags">Its principal tags.</param>
internal sealed record SessionOfAws(IReadOnlyList<string> SessionPolicies, IReadOnlyDictionary<string, string> Tags, DateTimeOffset IssuedAt);

/// <summary>
/// What AWS would say and moto does not look at (AWS documentation, "Policy evaluation logic"): a Deny anywhere wins; otherwise the role's policies must allow, and
/// the session's policies together must allow. Knows the conditions that our policies use, and throws at any other, so that nothing passes by not being understood.
/// </summary>
internal static class IamEvaluator
{
    public static bool Allows(SessionOfAws session, IReadOnlyList<string> rolePolicies, string action, string resource, DateTimeOffset now)
    {
        var call = new Call(action, resource, session, now);
        var (ofRole, ofSession) = (StatementsOf(rolePolicies), StatementsOf(session.SessionPolicies));
        if (ofRole.Concat(ofSession).Any(s => IsEffect(s, "Deny") && call.Meets(s)))
            return false;
        return ofRole.Any(s => IsEffect(s, "Allow") && call.Meets(s))
            && (session.SessionPolicies.Count == 0 || ofSession.Any(s => IsEffect(s, "Allow") && call.Meets(s)));
    }

    private static List<JsonObject> StatementsOf(IReadOnlyList<string> policies) =>
        [.. policies.Select(p => JsonNode.Parse(p)!["Statement"]).SelectMany(s => s is JsonArray many ? many.Select(m => m!.AsObject()) : [s!.AsObject()])];

    private static bool IsEffect(JsonObject statement, string effect) => statement["Effect"]!.ToString() == effect;

    private static List<string> Texts(JsonNode node) => node is JsonArray many ? [.. many.Select(m => m!.ToString())] : [node.ToString()];

    private static bool Like(string pattern, string text, bool ignoreCase = false) => Regex.IsMatch(
        text,
        $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal).Replace("\\?", ".", StringComparison.Ordinal)}$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None),
        TimeSpan.FromSeconds(10));

    private sealed record Call(string Action, string Resource, SessionOfAws Session, DateTimeOffset Now)
    {
        public bool Meets(JsonObject statement) =>
            Named(statement, "Action", "NotAction", a => Like(a, Action, ignoreCase: true))
            && Named(statement, "Resource", "NotResource", r => Like(r, Resource))
            && (statement["Condition"] is not JsonObject conditions || conditions.All(c => c.Value!.AsObject().All(k => Holds(c.Key, k.Key, Texts(k.Value!)))));

        private static bool Named(JsonObject statement, string positive, string negative, Func<string, bool> isMeant) =>
            statement[positive] is { } named ? Texts(named).Any(isMeant) : !Texts(statement[negative]!).Any(isMeant);

        /// <summary>The values of one key are alternatives. A key that the call does not have meets no condition.</summary>
        private bool Holds(string comparison, string key, List<string> values) =>
            ValueOf(key) is { } value && comparison switch
            {
                "StringEquals" => values.Contains(value, StringComparer.Ordinal),
                "StringLike" => values.Any(v => Like(v, value)),
                "DateLessThan" => values.Any(v => Instant(value) < Instant(v)),
                "DateGreaterThanEquals" => values.Any(v => Instant(value) >= Instant(v)),
                _ => throw new NotSupportedException(comparison),
            };

        private string? ValueOf(string key) => key.ToUpperInvariant() switch
        {
            "AWS:CURRENTTIME" => Now.ToString("O", CultureInfo.InvariantCulture),
            "AWS:TOKENISSUETIME" => Session.IssuedAt.ToString("O", CultureInfo.InvariantCulture),
            var other when other.StartsWith("AWS:PRINCIPALTAG/", StringComparison.Ordinal) => Session.Tags.GetValueOrDefault(key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..]),
            _ => throw new NotSupportedException(key),
        };

        private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
    }
}
