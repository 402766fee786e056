using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>Why somebody may ask for an entitlement, or may not: the same on every surface.</summary>
/// <param name="Allowed">Iff every rule is met; then an ask for its default duration passes, given a reason that will do.</param>
/// <param name="Rules"><c>active</c>, <c>eligible</c>, <c>duration</c> and <c>approval</c>, each with a sentence for that person.</param>
public sealed record Why(string Name, string Title, bool Allowed, IReadOnlyList<RuleResult> Rules)
{
    private static readonly HashSet<string> OfThePerson = new(StringComparer.Ordinal) { "active", "eligible", "duration", "approval" };

    /// <summary>
    /// Read off the analysis that the dry run, the form and the submit obey, so that they cannot disagree. What only an ask brings with it, its reason and
    /// its start, is left out.
    /// </summary>
    /// <returns>Null when the name is unknown to this person; a hidden one is, unless they may ask for it.</returns>
    public static Why? Of(PeopleDirectory directory, BrokerLimits limits, Person person, string name, DateTimeOffset now)
    {
        var analysis = RequestAnalysis.Of(directory, limits, person, new Ask(name, null, ""), now);
        if (analysis.Entitlement is not { } entitlement)
            return null;
        List<RuleResult> rules = [.. analysis.Rules.Where(r => OfThePerson.Contains(r.Rule))];
        return new Why(entitlement.Name, entitlement.Title, rules.TrueForAll(r => r.Ok), rules);
    }
}
