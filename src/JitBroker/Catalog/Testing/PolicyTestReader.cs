using System.Globalization;
using JitBroker.Catalog.Loading;
using JitBroker.People;

namespace JitBroker.Catalog.Testing;

/// <summary>Reads policy tests: <c>tests: [ { name, who, asks, for, reason, at, after, groups, approved, expect } ]</c>. Every problem at once; unknown keys are problems, as in a catalog.</summary>
public static class PolicyTestReader
{
    /// <summary>A Monday, so that a test without a time means the same every day.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 1, 5, 12, 0, 0, TimeSpan.Zero);

    private const int MostTests = 2_000;

    public static (IReadOnlyList<PolicyTest> Tests, IReadOnlyList<CatalogProblem> Problems) Read(IReadOnlyList<CatalogSource> sources)
    {
        var problems = new Problems();
        var tests = sources.SelectMany(s => Read(s, problems)).ToList();
        return (tests, problems.All());
    }

    private static IReadOnlyList<PolicyTest> Read(CatalogSource source, Problems problems)
    {
        if (YamlTree.Read(source, problems) is not { } root)
            return [];
        var map = new Field(source.File, root, null, "", problems).Map("a map { tests: [ … ] }");
        var items = map?.Need("tests", "Write tests: [ { who, asks, expect } ].")?.List("a list of tests") ?? [];
        map?.Close();
        if (items.Count > MostTests)
            items[0].FaultHere("There are more than 2000 tests in one file", "Split it.");
        return items.Count > MostTests ? [] : [.. items.Select(Test).OfType<PolicyTest>()];
    }

    private static PolicyTest? Test(Field field)
    {
        if (field.Map("a test { who, asks, expect }") is not { } map)
            return null;
        var who = map.Need("who", "Say who asks: who: ana@example.com.") is { } w ? Shapes.EmailOf(w) : null;
        var asks = map.Need("asks", "Name an entitlement.")?.Text();
        var expect = Expect(map.Need("expect", "Say what is to come of it: expect: { allowed: true }."));
        var test = new PolicyTest(
            field.File,
            field.Line,
            map.Take("name")?.Text() ?? $"{who} asks for {asks}",
            who ?? "",
            asks ?? "",
            map.Take("for")?.Duration(),
            map.Take("reason")?.Text(2_000),
            map.Take("at") is { } at ? Instant(at) : Noon,
            map.Take("after")?.Duration() ?? TimeSpan.Zero,
            Groups(map.Take("groups")),
            People(map.Take("approved")),
            expect ?? new Expected(null, null, null, null, null));
        map.Close();
        return who is null || asks is null || expect is null ? null : test;
    }

    private static Expected? Expect(Field? field)
    {
        if (field?.Map("a map { allowed, code, auto, approvers, granted }") is not { } map)
            return null;
        var (approvers, code) = (map.Take("approvers"), map.Take("code")?.Text());
        var expected = new Expected(map.Take("allowed")?.Bool(), code, map.Take("auto")?.Bool(), approvers is null ? null : People(approvers), map.Take("granted")?.Bool());
        map.Close();
        if (expected is { Allowed: null, Code: null, Auto: null, Approvers: null, Granted: null })
            field.FaultHere("Nothing is expected here", "Name allowed, code, auto, approvers or granted.");
        return expected;
    }

    private static Dictionary<string, IReadOnlyList<string>?> Groups(Field? field)
    {
        var groups = new Dictionary<string, IReadOnlyList<string>?>(StringComparer.Ordinal);
        foreach (var (name, members) in field?.Map("a map of groups")?.All() ?? [])
            groups[name] = members.Node is YamlScalar { Text: "unknown" } ? null : People(members);
        return groups;
    }

    private static IReadOnlyList<string> People(Field? field) => field is null ? [] : [.. field.List("a list of e-mail addresses").Select(Shapes.EmailOf).OfType<string>()];

    private static DateTimeOffset Instant(Field field)
    {
        if (field.Text() is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return at;
        field.Fault("is not an instant", "Write it like 2026-11-22T10:00:00Z.");
        return Noon;
    }
}
