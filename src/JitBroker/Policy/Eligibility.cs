using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>Who may ask for what. Pure; one answer for the list, for <c>why</c> and for the submit itself.</summary>
public static class Eligibility
{
    /// <summary>Known to the directory, and a member of one of the eligible groups.</summary>
    public static bool IsEligible(PeopleDirectory directory, string email, Entitlement entitlement) =>
        directory.Find(email) is not null && entitlement.Eligible.Any(g => directory.IsMember(g, email));

    /// <summary>
    /// Whether <paramref name="email"/> may keep what was granted. A shift that is over, or a schedule that does not answer, takes nothing away that was given; leaving
    /// the catalog or a group of named people does. An emergency goes by those who may take it.
    /// </summary>
    public static bool MayKeep(PeopleDirectory directory, string email, Entitlement entitlement, bool emergency)
    {
        var groups = emergency ? entitlement.BreakGlass?.Eligible ?? [] : entitlement.Eligible;
        return directory.Find(email) is not null
            && groups.Count > 0
            && (groups.All(directory.IsOnCall) || groups.Any(g => directory.IsMember(g, email) || directory.IsInDoubt(g)));
    }

    /// <summary>Hidden entitlements exist only for those who may ask for them; anybody else must get the answer an unknown name gets.</summary>
    public static bool MaySee(PeopleDirectory directory, string email, Entitlement entitlement) =>
        !entitlement.Hidden || IsEligible(directory, email, entitlement);

    /// <summary>What <paramref name="email"/> may ask for, in name order.</summary>
    public static IReadOnlyList<Entitlement> Askable(PeopleDirectory directory, string email) =>
    [
        .. directory.Catalog.Entitlements.Values.Where(e => IsEligible(directory, email, e)).OrderBy(e => e.Name, StringComparer.Ordinal),
    ];

    /// <summary>
    /// Why it cannot be told now whether they may ask, for people and without a full stop: none of the groups that can be told has them, and one cannot be told. Null
    /// when it can. Unknown is a no to whatever would begin, and no reason to end what was given.
    /// </summary>
    public static string? WhyUnknown(PeopleDirectory directory, string email, Entitlement entitlement) =>
        directory.Find(email) is null || IsEligible(directory, email, entitlement)
            ? null
            : entitlement.Eligible.Where(directory.IsInDoubt).Select(directory.WhyUnknown).FirstOrDefault(w => w is not null);

    internal static RuleResult Active(PeopleDirectory directory, Person person) =>
        directory.Find(person.Email) is not null
            ? new RuleResult("active", true, $"{person.Email} is in the catalog.")
            : new RuleResult("active", false, $"{person.Email} is not in the catalog, or no longer. Ask those who keep it to add you.");

    internal static RuleResult Eligible(PeopleDirectory directory, Person person, Entitlement entitlement)
    {
        var groups = string.Join(", ", entitlement.Eligible);
        var own = entitlement.Eligible.Where(g => directory.IsMember(g, person.Email)).ToList();
        if (own.Count > 0)
            return new RuleResult("eligible", true, $"You are in {string.Join(" and ", own)}, so you may ask for {entitlement.Name}.");
        var unknown = entitlement.Eligible.Where(directory.IsUnknown).Select(g => $"{g} ({directory.WhyUnknown(g)})").ToList();
        var tail = unknown.Count == 0 ? "" : $" Whether you are in {string.Join(" or ", unknown)} could not be checked just now.";
        return new RuleResult("eligible", false, $"Only members of {groups} may ask for {entitlement.Name}, and you are in none of these groups.{tail}");
    }

    internal static RuleResult Approval(PeopleDirectory directory, Person person, Entitlement entitlement)
    {
        var needs = RuleText.Of(entitlement.Approval, person.Email, directory);
        return Quorum.CanBeMet(Escalations.OfAll(entitlement.Approval), person.Email, directory)
            ? new RuleResult("approval", true, $"Needs {needs}.")
            : new RuleResult("approval", false, $"Nobody could approve this for you now. It needs {needs}, and you cannot approve it yourself.");
    }
}
