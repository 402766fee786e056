using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Tests.Policy;

/// <summary>Small catalogs for policy tests, made in code: one letter is a person, a word is a group.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public static string Mail(string person) => person.Contains('@', StringComparison.Ordinal) ? person : person + "@x";

    public static Person Person(string person) => new(Mail(person), person.ToUpperInvariant());

    /// <summary><c>("owners", "b d e")</c>; members null: a schedule, whose members cannot be told.</summary>
    public static PeopleDirectory Directory(params (string Group, string? Members)[] groups) => Directory([], groups);

    public static PeopleDirectory Directory(Entitlement[] entitlements, params (string Group, string? Members)[] groups)
    {
        var people = groups.SelectMany(g => Names(g.Members)).Distinct(StringComparer.Ordinal).Select(Person);
        return PeopleDirectory.Of(CatalogSnapshot.Empty with
        {
            People = people.ToFrozenDictionary(p => p.Email, p => new PersonEntry(p, [])),
            Groups = groups.ToFrozenDictionary(g => g.Group, g => new Group(
                g.Group, Names(g.Members).Select(Mail).ToFrozenSet(), g.Members is null ? new OnCallSchedule("pagerduty", "P1", "${env:PD}") : null)),
            Entitlements = entitlements.ToFrozenDictionary(e => e.Name),
        });
    }

    public static ApprovalRule Rule(params Stage[] stages) => new(null, stages);

    public static Stage Stage(params Alternative[] anyOf) => new(anyOf);

    public static Alternative All(params (string Group, int Votes)[] clauses) => new([.. clauses.Select(c => new Clause(c.Group, c.Votes))]);

    public static Entitlement Entitlement(string name, ApprovalRule rule, params string[] eligible) => new()
    {
        Name = name,
        Title = name,
        Issuer = "tokens",
        Grants = "{}",
        Eligible = eligible,
        Duration = new DurationLimits(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(8)),
        PendingFor = TimeSpan.FromHours(4),
        Reason = new ReasonRule(true, null, null),
        Approval = rule,
    };

    private static string[] Names(string? members) => (members ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
