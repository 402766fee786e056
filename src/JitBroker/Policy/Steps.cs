using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>One stage of a rule and how far it is.</summary>
/// <param name="IsDone">Filled; then <paramref name="AnyOf"/> holds the alternative that was.</param>
/// <param name="IsOpen">Its people are asked now.</param>
/// <param name="AnyOf">Each alternative's clauses.</param>
public sealed record Step(bool IsDone, bool IsOpen, IReadOnlyList<IReadOnlyList<ClauseStep>> AnyOf)
{
    /// <summary>Clauses of an open step that are not filled.</summary>
    public IEnumerable<Clause> Waiting => IsOpen ? AnyOf.SelectMany(a => a).Where(c => !c.IsFilled).Select(c => c.Clause).Distinct() : [];
}

/// <summary>One clause and how many of its votes it has.</summary>
public sealed record ClauseStep(Clause Clause, int Have)
{
    public bool IsFilled => Have >= Clause.Votes;
}

/// <summary>A rule as the steps that a request goes through, for cards and for whom to remind. Says what <see cref="Quorum"/> says, stage by stage. Pure.</summary>
public static class Steps
{
    public static IReadOnlyList<Step> Of(ApprovalRule rule, IReadOnlyCollection<string> approvers, PeopleDirectory directory)
    {
        var state = Quorum.Evaluate(rule, approvers, directory);
        var ballot = new Ballot(approvers, directory);
        var before = state.Chosen.Take(state.Stage).ToList();
        return [.. rule.Stages.Select((stage, i) => Of(stage, i, state, before, ballot))];
    }

    /// <summary>
    /// <c>data-owners 1 of 1, security 0 of 1</c>; with several stages <c>step 2 of 2: security 0 of 1 (after data-owners 1 of 1)</c>. Empty for a rule of one clause, of
    /// which there is nothing more to say.
    /// </summary>
    public static string Text(IReadOnlyList<Step> steps)
    {
        if (steps is [{ AnyOf: [[_]] }])
            return "";
        if (steps.Count == 1)
            return Text(steps[0]);
        return string.Join(" · ", steps.Select((s, i) => string.Create(
            CultureInfo.InvariantCulture, $"Step {i + 1} of {steps.Count}{(s.IsDone ? ", done" : s.IsOpen ? ", now" : ", later")}: {Text(s)}")));
    }

    private static string Text(Step step) => string.Join(", or ", step.AnyOf.Select(a => string.Join(" and ", a.Select(Text))));

    private static string Text(ClauseStep clause) =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(" or ", clause.Clause.Groups)} {clause.Have} of {clause.Clause.Votes}");

    private static Step Of(Stage stage, int index, QuorumState state, List<Alternative> before, Ballot ballot)
    {
        if (index < state.Stage)
            return new Step(true, false, [Fill(before, before[index], index, ballot)]);
        return index == state.Stage
            ? new Step(false, true, [.. stage.AnyOf.Select(a => Fill([.. before, a], a, index, ballot))])
            : new Step(false, false, [.. stage.AnyOf.Select(a => (IReadOnlyList<ClauseStep>)[.. a.Clauses.Select(c => new ClauseStep(c, 0))])]);
    }

    /// <summary>The votes of one alternative, when those of the stages before it are given first.</summary>
    private static IReadOnlyList<ClauseStep> Fill(IReadOnlyList<Alternative> path, Alternative alternative, int index, Ballot ballot)
    {
        var clauses = path.SelectMany(a => a.Clauses).ToList();
        var have = Matching.Fill(clauses, ballot.Of);
        var first = path.Take(index).Sum(a => a.Clauses.Count);
        return [.. alternative.Clauses.Select((c, i) => new ClauseStep(c, have[first + i]))];
    }
}
