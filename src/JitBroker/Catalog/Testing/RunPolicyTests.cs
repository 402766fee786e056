using System.Collections.Frozen;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Catalog.Testing;

/// <summary>Runs policy tests against a catalog by the same analysis that the submit obeys and the same count that decides. Pure: nothing is stored, nobody is asked.</summary>
public static class RunPolicyTests
{
    public static IReadOnlyList<PolicyTestResult> Of(CatalogSnapshot catalog, BrokerLimits limits, IEnumerable<PolicyTest> tests) =>
        [.. tests.Select(t => new PolicyTestResult(t, [.. Faults(catalog, limits, t)]))];

    private static IEnumerable<string> Faults(CatalogSnapshot catalog, BrokerLimits limits, PolicyTest test)
    {
        foreach (var group in test.Groups.Keys.Where(g => !catalog.Groups.ContainsKey(g)))
            yield return $"{group} is not a group of the catalog.{(NearestName.Of(group, catalog.Groups.Keys) is { } near ? $" Did you mean {near}?" : "")}";
        var directory = PeopleDirectory.Of(With(catalog, test));
        var who = directory.Find(test.Who) ?? new Person(test.Who, test.Who);
        var analysis = RequestAnalysis.Of(directory, limits, who, new Ask(test.Asks, test.For, test.Reason ?? ""), test.At);
        var refusal = analysis.Refusals.FirstOrDefault(r => test.Reason is not null || r.Code is not (Codes.ReasonRequired or Codes.ReasonPattern));
        var expect = test.Expect;
        if (expect.Allowed is { } allowed && allowed != refusal is null)
            yield return refusal is null ? "It is allowed, and should not be." : $"It is refused, and should not be: {refusal.Code}. {refusal.Text}";
        if (expect.Code is { } code && code != refusal?.Code)
            yield return $"It should be refused with {code}, and {(refusal is null ? "is allowed" : $"is refused with {refusal.Code}: {refusal.Text}")}.";
        if (expect.Auto is { } auto && auto != (refusal is null && analysis.AutoApproved.Met))
            yield return $"A rule {(auto ? "should approve it, and does not" : "approves it, and should not")}: {refusal?.Text ?? analysis.AutoApproved.Why}";
        if (analysis.Entitlement is not { } entitlement)
            yield break;
        var (approvers, granted) = Decided(entitlement.Approval, analysis, refusal, test, directory);
        if (expect.Approvers is { } people && !people.Order(StringComparer.Ordinal).SequenceEqual(approvers, StringComparer.Ordinal))
            yield return $"{Shown(people)} should be asked, and {Shown(approvers)} are.";
        if (expect.Granted is { } enough && enough != granted)
            yield return granted ? "It is granted, and should not be." : $"It is not granted, and should be: {Shown(approvers)} would have to approve too.";
    }

    private static (IReadOnlyList<string> Approvers, bool Granted) Decided(ApprovalRule rule, RequestAnalysis analysis, Refusal? refusal, PolicyTest test, PeopleDirectory directory)
    {
        if (refusal is not null)
            return ([], false);
        if (analysis.AutoApproved.Met)
            return ([], true);
        var waited = rule.Stages.SelectMany(s => s.AnyOf).SelectMany(a => a.Clauses).Where(c => c.EscalateAfter <= test.After);
        var now = Escalations.None.With(waited).Of(rule);
        var votes = test.Approved.Where(p => p != test.Who).ToList();
        return ([.. Quorum.Approvers(now, votes, test.Who, directory).Select(a => a.Person.Email)], Quorum.Evaluate(now, votes, directory).Met);
    }

    /// <summary>The catalog with the groups that the test speaks of as it says; people named there exist.</summary>
    private static CatalogSnapshot With(CatalogSnapshot catalog, PolicyTest test)
    {
        if (test.Groups.Count == 0)
            return catalog;
        var groups = catalog.Groups.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, members) in test.Groups)
            groups[name] = new Group(name, (members ?? []).ToFrozenSet(StringComparer.Ordinal), members is null ? new OnCallSchedule("", "", "") : null);
        var changed = catalog with { Groups = groups.ToFrozenDictionary(StringComparer.Ordinal) };
        var fresh = test.Groups.Values.SelectMany(m => m ?? []).Where(e => !catalog.People.ContainsKey(e)).Distinct(StringComparer.Ordinal).ToList();
        if (fresh.Count == 0)
            return changed;
        var people = catalog.People.ToDictionary(StringComparer.Ordinal);
        foreach (var email in fresh)
            people[email] = new PersonEntry(new Person(email, email.Split('@')[0]), []);
        return changed with { People = people.ToFrozenDictionary(StringComparer.Ordinal) };
    }

    private static string Shown(IReadOnlyList<string> people) => people.Count == 0 ? "nobody" : string.Join(", ", people.Order(StringComparer.Ordinal));
}
