using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>How far one rule is filled by the votes that count.</summary>
/// <param name="Met">Every stage is filled.</param>
/// <param name="Stage">Index of the first stage not yet filled; the number of stages when <paramref name="Met"/>.</param>
/// <param name="Clauses">The clauses of the chosen alternatives up to the current stage, with how many votes each has by the best matching.</param>
public sealed record QuorumState(bool Met, int Stage, IReadOnlyList<ClauseProgress> Clauses)
{
    /// <summary>The alternative of each stage that <see cref="Clauses"/> are of.</summary>
    internal IReadOnlyList<Alternative> Chosen { get; init; } = [];
}

/// <summary>One clause and its <paramref name="Have"/> of <paramref name="Votes"/> approvals.</summary>
public sealed record ClauseProgress(string Group, int Votes, int Have);

/// <summary>One who may decide now, and the groups of the current stage that make it so.</summary>
public sealed record Approver(Person Person, IReadOnlyList<string> Groups);

/// <summary>
/// Counts people, not clicks, groups or accounts (rule 5): each person fills one clause of the whole request, and the clauses are filled by a maximum
/// matching, so that the order of the votes does not matter. Pure; evaluated anew at each press (rule 6). E-mails are canonical.
/// A rule that asks nobody though it is not unconditionally automatic is never met (rule 10).
/// </summary>
public static class Quorum
{
    /// <summary>
    /// How far <paramref name="approvers"/> (the people whose approve counts, never the requester) fill <paramref name="rule"/>. People whom the directory
    /// does not know, and votes by nobody's member, count for nothing. Among alternatives the one with the fewest votes missing is shown.
    /// </summary>
    public static QuorumState Evaluate(ApprovalRule rule, IReadOnlyCollection<string> approvers, PeopleDirectory directory)
    {
        if (rule.Stages.Count == 0)
            return new QuorumState(rule.Auto is { OnCall: null, Hours: null, AtMost: null }, 0, []);
        var ballot = new Ballot(approvers, directory);
        var best = new BestPath();
        Walk(rule, 0, ballot, best);
        return best.State(rule.Stages.Count);
    }

    /// <summary>
    /// Whether <paramref name="person"/> may approve or deny now: known, not the requester, and a member of a clause group of the current stage.
    /// When that stage has too few people left because one of them already stands for an earlier stage, members of earlier stages who would free them may too.
    /// </summary>
    public static bool MayDecide(ApprovalRule rule, IReadOnlyCollection<string> approvers, string person, string requester, PeopleDirectory directory)
    {
        if (person == requester || directory.Find(person) is null)
            return false;
        var groups = OpenGroups(rule, approvers, requester, directory);
        return groups.Any(g => directory.IsMember(g, person));
    }

    /// <summary>Those who may decide now and have not approved yet, in e-mail order. Empty once the rule is met.</summary>
    public static IReadOnlyList<Approver> Approvers(
        ApprovalRule rule, IReadOnlyCollection<string> approvers, string requester, PeopleDirectory directory)
    {
        var groups = OpenGroups(rule, approvers, requester, directory);
        if (groups.Count == 1)
            return [.. directory.Members(groups[0]).Where(p => p.Email != requester && !approvers.Contains(p.Email)).Select(p => new Approver(p, groups))];
        return
        [
            .. groups.SelectMany(directory.Members)
                .Where(p => p.Email != requester && !approvers.Contains(p.Email))
                .DistinctBy(p => p.Email, StringComparer.Ordinal)
                .OrderBy(p => p.Email, StringComparer.Ordinal)
                .Select(p => new Approver(p, [.. groups.Where(g => directory.IsMember(g, p.Email))])),
        ];
    }

    /// <summary>
    /// Whether enough distinct people other than <paramref name="requester"/> (null: nobody is left out) exist today to meet <paramref name="rule"/>.
    /// A group whose members cannot be told has nobody, unless <paramref name="trustUnknown"/>: the catalog's own check, made before anyone can be asked.
    /// </summary>
    public static bool CanBeMet(ApprovalRule rule, string? requester, PeopleDirectory directory, bool trustUnknown = false)
    {
        if (rule.Stages.Count == 0)
            return Evaluate(rule, [], directory).Met;
        var pool = new Pool(rule, requester, directory, trustUnknown);
        return Fillable(rule, 0, pool, []);
    }

    private static bool Fillable(ApprovalRule rule, int stage, Pool pool, List<Clause> chosen)
    {
        if (stage == rule.Stages.Count)
            return pool.CanFill(chosen);
        foreach (var alternative in rule.Stages[stage].AnyOf.Where(CanEverBeMet))
        {
            chosen.AddRange(alternative.Clauses);
            if (pool.CanFill(chosen) && Fillable(rule, stage + 1, pool, chosen))
                return true;
            chosen.RemoveRange(chosen.Count - alternative.Clauses.Count, alternative.Clauses.Count);
        }

        return false;
    }

    /// <summary>Depth first over the alternatives; only a stage that is filled leads to the next.</summary>
    private static bool Walk(ApprovalRule rule, int stage, Ballot ballot, BestPath best)
    {
        foreach (var alternative in rule.Stages[stage].AnyOf.Where(CanEverBeMet))
        {
            var path = best.Enter(alternative, ballot);
            best.Offer(stage, path);
            if (path.Missing == 0 && (stage + 1 == rule.Stages.Count || Walk(rule, stage + 1, ballot, best)))
                return true;
            best.Leave(alternative);
        }

        return false;
    }

    private static bool CanEverBeMet(Alternative alternative) => alternative.Clauses.Count > 0 && alternative.Clauses.All(c => c.Votes > 0);

    /// <summary>Groups whose members are asked now: those of the current stage, and earlier ones when only they can move it on.</summary>
    private static List<string> OpenGroups(ApprovalRule rule, IReadOnlyCollection<string> approvers, string requester, PeopleDirectory directory)
    {
        var state = Evaluate(rule, approvers, directory);
        if (state.Met || state.Stage >= rule.Stages.Count)
            return [];
        var current = GroupsOf(rule.Stages[state.Stage]);
        var groups = current;
        for (var earlier = state.Stage - 1; !Suffices(rule, state.Stage, approvers, groups, requester, directory); earlier--)
        {
            if (earlier < 0)
                return current;
            groups = [.. groups.Union(GroupsOf(rule.Stages[earlier]), StringComparer.Ordinal)];
        }

        return groups;
    }

    private static List<string> GroupsOf(Stage stage) =>
        [.. stage.AnyOf.SelectMany(a => a.Clauses).SelectMany(c => c.Groups).Distinct(StringComparer.Ordinal)];

    /// <summary>Whether the approvals so far and everyone in <paramref name="groups"/> together get past <paramref name="stage"/>.</summary>
    private static bool Suffices(
        ApprovalRule rule, int stage, IReadOnlyCollection<string> approvers, List<string> groups, string requester, PeopleDirectory directory)
    {
        var most = rule.Stages.Sum(s => s.AnyOf.SelectMany(a => a.Clauses).Sum(c => c.Votes));
        var fresh = groups.SelectMany(g => directory.MembersOf(g).Where(p => p != requester && !approvers.Contains(p)).Take(most));
        return Evaluate(rule, [.. approvers, .. fresh], directory).Stage > stage;
    }
}
