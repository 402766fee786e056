using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>Why somebody may ask for an entitlement, or may not: each rule that was looked at, with its values; the same on every surface.</summary>
/// <param name="Allowed">Iff every rule is met; then an ask for its default duration passes, given a reason that will do.</param>
/// <param name="Rules">
/// <c>active</c>, <c>eligible</c>, <c>duration</c>, <c>reason</c>, <c>auto</c>, <c>approval</c> and one <c>stage_N</c> for each of several stages, <c>pending</c>,
/// <c>extensions</c>, <c>break_glass</c>; each with a sentence for that person. What is no obstacle is met.
/// </param>
public sealed record Why(string Name, string Title, bool Allowed, IReadOnlyList<RuleResult> Rules)
{
    private static readonly HashSet<string> OfThePerson = new(StringComparer.Ordinal) { "active", "eligible", "duration" };

    /// <summary>
    /// Read off the analysis that the dry run, the form and the submit obey, so that they cannot disagree. What only an ask brings with it, its reason and its start, is
    /// told as what will be asked for.
    /// </summary>
    /// <returns>Null when the name is unknown to this person; a hidden one is, unless they may ask for it.</returns>
    public static Why? Of(PeopleDirectory directory, BrokerLimits limits, Person person, string name, DateTimeOffset now)
    {
        var analysis = RequestAnalysis.Of(directory, limits, person, new Ask(name, null, ""), now);
        if (analysis.Entitlement is not { } entitlement)
            return null;
        List<RuleResult> rules =
        [
            .. analysis.Rules.Where(r => OfThePerson.Contains(r.Rule)),
            Reason(entitlement.Reason),
            .. Auto(entitlement, analysis.AutoApproved),
            analysis.Rules.First(r => r.Rule == "approval"),
            .. Stages(entitlement.Approval, person, directory),
            new RuleResult("pending", true, $"A request waits {Durations.Human(entitlement.PendingFor)} for a decision, then it lapses."),
            Extensions(entitlement.MaxExtensions),
            .. BreakGlass(entitlement, person, directory),
        ];
        return new Why(entitlement.Name, entitlement.Title, rules.TrueForAll(r => r.Ok), rules);
    }

    /// <summary>With how long it usually takes; null: nobody knows.</summary>
    public Why With(TimeSpan? usualWait) => usualWait is not { } wait
        ? this
        : this with { Rules = [.. Rules.Select(r => r.Rule == "approval" ? r with { Text = $"{r.Text} Usually answered in {Durations.Human(wait)}." } : r)] };

    private static RuleResult Reason(ReasonRule rule)
    {
        var hint = string.IsNullOrWhiteSpace(rule.Hint) ? "" : $" {rule.Hint.Trim().TrimEnd('.')}.";
        return new RuleResult("reason", true, rule switch
        {
            { Required: false } => $"A reason is welcome and not needed.{hint}",
            { Pattern: { } pattern } => $"A reason is needed that holds {pattern}.{hint}",
            _ => $"A reason is needed.{hint}",
        });
    }

    private static IEnumerable<RuleResult> Auto(Entitlement entitlement, AutoDecision auto)
    {
        if (entitlement.Approval.Auto is null || auto.Conditions.Count == 0)
            yield break;
        var each = string.Join(' ', auto.Conditions.Select(c => $"{(c.Ok ? "✓" : "✗")} {c.Text}"));
        yield return new RuleResult("auto", true, $"Approved by rule {RuleText.Conditions(entitlement.Approval.Auto)}. Now, for {Durations.Human(entitlement.Duration.Default)}: {each}");
    }

    /// <summary>Of a rule with several stages: who is asked in each, and whether there are enough of them.</summary>
    private static IEnumerable<RuleResult> Stages(ApprovalRule rule, Person person, PeopleDirectory directory)
    {
        if (rule.Stages.Count < 2)
            yield break;
        for (var i = 0; i < rule.Stages.Count; i++)
        {
            var alone = Escalations.OfAll(new ApprovalRule(null, [rule.Stages[i]]));
            yield return new RuleResult(
                string.Create(CultureInfo.InvariantCulture, $"stage_{i + 1}"),
                Quorum.CanBeMet(alone, person.Email, directory),
                $"{(i == 0 ? "First" : "Then")} {RuleText.Of(rule.Stages[i], person.Email, directory)}.");
        }
    }

    private static RuleResult Extensions(int most) => new("extensions", true, most switch
    {
        0 => "It cannot be extended.",
        1 => "It can be extended once, by the same rule.",
        _ => string.Create(CultureInfo.InvariantCulture, $"It can be extended {most} times, by the same rule."),
    });

    private static IEnumerable<RuleResult> BreakGlass(Entitlement entitlement, Person person, PeopleDirectory directory)
    {
        if (entitlement.BreakGlass is not { } emergency)
            yield break;
        var groups = string.Join(", ", emergency.Eligible);
        var you = emergency.Eligible.Any(g => directory.IsMember(g, person.Email)) ? "you are"
            : emergency.Eligible.Any(directory.IsUnknown) ? "whether you are could not be checked just now" : "you are not";
        yield return new RuleResult("break_glass", true, $"In an emergency members of {groups} take it at once for at most {Durations.Human(emergency.Max)} ({you}); {emergency.ReviewGroup} reviews it within {Durations.Human(emergency.ReviewWithin)}.");
    }
}
