using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Catalog.Loading;

/// <summary>What only the whole catalog can tell: that each rule can be met by distinct people, for at least one of those who may ask.</summary>
internal sealed class RuleChecks(PeopleDirectory directory)
{
    public void Check(Entitlement entitlement, Field field)
    {
        var approval = field.Node is YamlMap map ? field.Child(map.Entries.First(e => e.Key.Text == "approval").Value, "approval") : field;
        if (!SomeAskerCanGetIt(entitlement))
        {
            var needs = RuleText.Of(entitlement.Approval with { Auto = null }, null, directory);
            approval.FaultHere($"Nobody can satisfy this rule: it needs {needs}, by distinct people other than the asker", "Add members, ask for fewer votes, or name another group.");
        }

        if (entitlement.BreakGlass is { } emergency && !SomeoneElseCanReview(emergency))
            field.FaultHere($"Nobody can review an emergency: {emergency.ReviewGroup} has no member other than those who may take it", "Add a reviewer to breakGlass.review.group.");
    }

    private bool SomeAskerCanGetIt(Entitlement entitlement)
    {
        var rule = Escalations.OfAll(entitlement.Approval);
        if (rule.Stages.Count == 0)
            return rule.Auto is not null;
        if (!Quorum.CanBeMet(rule, null, directory, trustUnknown: true))
            return false;
        var askers = entitlement.Eligible.SelectMany(directory.MembersOf);
        return entitlement.Eligible.Any(directory.IsUnknown)
            || !askers.Any()
            || askers.Any(a => Quorum.CanBeMet(rule, a, directory, trustUnknown: true));
    }

    private bool SomeoneElseCanReview(BreakGlassRule emergency) =>
        directory.IsUnknown(emergency.ReviewGroup)
        || directory.MembersOf(emergency.ReviewGroup).Skip(1).Any()
        || directory.MembersOf(emergency.ReviewGroup).Any(r => emergency.Eligible.Any(g => directory.IsUnknown(g) || directory.MembersOf(g).Any(m => m != r)));
}
