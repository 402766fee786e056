using System.Globalization;
using System.Text;

namespace JitBroker.Benchmarks.Policy;

/// <summary>A catalog as large as one is meant to get, as YAML: everybody stands in one group and each person in five more.</summary>
internal static class LargeCatalog
{
    public const int Entitlements = 5_000;
    public const int Groups = 500;
    public const int People = 10_000;

    private const int GroupsOfOne = 5;

    public static string EmailOf(int person) => string.Create(CultureInfo.InvariantCulture, $"person{person}@example.com");

    public static string NameOf(int entitlement) => string.Create(CultureInfo.InvariantCulture, $"system{entitlement}:read");

    public static string Write()
    {
        var yaml = new StringBuilder("people:\n");
        for (var p = 0; p < People; p++)
            Line(yaml, $"  - {{ email: {EmailOf(p)}, name: Person {p}, slack: T0EX/U{p:X8} }}");
        yaml.Append("groups:\n");
        Line(yaml, $"  everybody: {{ members: [{string.Join(", ", Enumerable.Range(0, People).Select(EmailOf))}] }}");
        for (var g = 1; g < Groups; g++)
            Line(yaml, $"  group{g}: {{ members: [{string.Join(", ", Enumerable.Range(0, People * GroupsOfOne / Groups).Select(n => EmailOf(((n * Groups / GroupsOfOne) + (g * 7)) % People)))}] }}");
        yaml.Append("issuers:\n  door: { kind: http }\nentitlements:\n");
        for (var e = 0; e < Entitlements; e++)
        {
            Line(yaml, $"  {NameOf(e)}:");
            Line(yaml, $"    title: System {e}, read only");
            Line(yaml, $"    issuer: door");
            Line(yaml, $"    grants: {{ resource: system{e} }}");
            Line(yaml, $"    eligible: [{(e % 10 == 0 ? "everybody" : GroupOf(e))}, {GroupOf(e + 1)}]");
            Line(yaml, $"    duration: {{ default: 30m, max: 4h }}");
            Line(yaml, $"    reason: {{ required: true, pattern: '(INC|OPS)-\\d+', hint: \"Name a ticket, e.g. INC-42\" }}");
            Line(yaml, $"    approval: {RuleOf(e)}");
        }

        return yaml.ToString();
    }

    private static string GroupOf(int number) => string.Create(CultureInfo.InvariantCulture, $"group{1 + (number % (Groups - 1))}");

    /// <summary>One in twenty asks everybody, and the others a group, two, or stages with alternatives.</summary>
    private static string RuleOf(int e) => (e % 20) switch
    {
        0 => "[ { group: everybody, votes: 2 } ]",
        < 10 => $"[ {{ group: {GroupOf(e + 2)}, votes: 1, remindAfter: 15m, escalateTo: {GroupOf(e + 3)}, escalateAfter: 1h }} ]",
        < 15 => $"[ {{ group: {GroupOf(e + 2)}, votes: 1 }}, {{ group: {GroupOf(e + 3)}, votes: 2 }} ]",
        _ => $"{{ stages: [ [ {{ group: {GroupOf(e + 2)} }} ], {{ anyOf: [ [ {{ group: {GroupOf(e + 3)}, votes: 2 }} ], [ {{ group: {GroupOf(e + 4)} }} ] ] }} ] }}",
    };

    private static void Line(StringBuilder yaml, FormattableString line) => yaml.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
