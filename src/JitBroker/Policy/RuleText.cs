using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>What a rule says, for people: chat, the API and the command line use the same words. Names come from the catalog and are not escaped here.</summary>
public static class RuleText
{
    private const int NamesShown = 5;

    /// <summary>
    /// <c>1 of 3 data-owners (Bea, Dan, Eli)</c>; clauses joined by "and", alternatives by "or", stages by "then". Never counts or names
    /// <paramref name="requester"/> (canonical e-mail; null: nobody is left out).
    /// </summary>
    public static string Of(ApprovalRule rule, string? requester, PeopleDirectory directory)
    {
        var stages = string.Join("; then ", rule.Stages.Select(s => Of(s, requester, directory)));
        if (rule.Auto is null)
            return stages.Length == 0 ? "nobody (the rule asks no one)" : stages;
        var conditions = Conditions(rule.Auto);
        if (conditions.Length == 0)
            return "nobody: approved by rule at once";
        return $"nobody {conditions}; otherwise {(stages.Length == 0 ? "it is refused" : stages)}";
    }

    public static string Of(Stage stage, string? requester, PeopleDirectory directory) =>
        string.Join(", or ", stage.AnyOf.Select(a => string.Join(" and ", a.Clauses.Select(c => Of(c, requester, directory)))));

    /// <summary><c>1 of 3 data-owners (Bea, Dan, Eli)</c>; for a group whose members cannot be told <c>1 of oncall (members not known now)</c>.</summary>
    public static string Of(Clause clause, string? requester, PeopleDirectory directory)
    {
        var (groups, later) = (string.Join(" or ", clause.Groups), Later(clause, requester, directory));
        if (clause.Groups.Any(directory.IsUnknown))
            return string.Create(CultureInfo.InvariantCulture, $"{clause.Votes} of {groups} (members not known now){later}");
        var (count, names) = Members(clause.Groups, requester, directory);
        return string.Create(CultureInfo.InvariantCulture, $"{clause.Votes} of {count} {groups}{names}{later}");
    }

    /// <summary><c>, after 1 h also platform (Dan)</c> while it is still to come.</summary>
    private static string Later(Clause clause, string? requester, PeopleDirectory directory) =>
        clause is { IsEscalated: false, EscalateTo: { } to, EscalateAfter: { } after }
            ? $", after {Durations.Human(after)} also {to}{Members([to], requester, directory).Names}"
            : "";

    /// <summary><c>data-owners (Bea, Dan, Eli), security (Eli)</c>: the groups that may decide in any stage, as a refusal names them.</summary>
    public static string Deciders(ApprovalRule rule, string? requester, PeopleDirectory directory) =>
        Deciders(rule.Stages.SelectMany(s => s.AnyOf).SelectMany(a => a.Clauses), requester, directory);

    /// <summary>The same of some clauses.</summary>
    public static string Deciders(IEnumerable<Clause> clauses, string? requester, PeopleDirectory directory) =>
        string.Join(", ", clauses.SelectMany(c => c.Groups).Distinct(StringComparer.Ordinal).Select(g => g + Members([g], requester, directory).Names));

    /// <summary><c>when on call in oncall, within 09:00-18:00 Europe/Paris, for at most 30 min</c>; empty without conditions.</summary>
    public static string Conditions(AutoRule auto)
    {
        string?[] parts =
        [
            auto.OnCall is null ? null : $"when on call in {auto.OnCall}",
            auto.Hours is null ? null : $"within {auto.Hours}",
            auto.AtMost is { } most ? $"for at most {Durations.Human(most)}" : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    /// <summary>How many, and <c> (Bea, Dan, Eli and 4 more)</c> with a leading blank; empty for nobody. Of one group, however large, only those who are shown are looked at.</summary>
    private static (int Count, string Names) Members(IReadOnlyList<string> groups, string? requester, PeopleDirectory directory)
    {
        IReadOnlyList<Person> people = groups.Count == 1 ? directory.Members(groups[0]) : [.. groups.SelectMany(directory.Members).DistinctBy(p => p.Email, StringComparer.Ordinal)];
        var count = people.Count - (requester is not null && groups.Any(g => directory.IsMember(g, requester)) ? 1 : 0);
        if (count == 0)
            return (0, "");
        var shown = string.Join(", ", people.Where(p => p.Email != requester).Take(NamesShown).Select(p => p.Name));
        return (count, count <= NamesShown ? $" ({shown})" : string.Create(CultureInfo.InvariantCulture, $" ({shown} and {count - NamesShown} more)"));
    }
}
