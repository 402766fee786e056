using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using static JitBroker.Tests.Policy.Given;

namespace JitBroker.Tests.Policy;

/// <summary>The matching against a brute force that tries every way to give people to clauses.</summary>
public sealed class QuorumPropertyTests
{
    private static readonly string[] People = ["p", "q", "r", "s", "t"];

    private static readonly string[] Groups = ["g0", "g1", "g2"];

    private sealed record Case((string, string?)[] Groups, ApprovalRule Rule, string[] Votes)
    {
        public PeopleDirectory Directory => Given.Directory([.. Groups, ("all", string.Join(' ', People))]);

        public override string ToString() =>
            $"groups {string.Join("; ", Groups)} rule {RuleText.Of(Rule, null, Directory)} votes {string.Join(' ', Votes)}";
    }

    private static readonly Gen<Clause> AnyClause =
        from g in Gen.Elements(Groups)
        from votes in Gen.Choose(1, 2)
        select new Clause(g, votes);

    private static readonly Gen<Stage> AnyStage =
        from alternatives in UpTo(2, from clauses in UpTo(3, AnyClause) select new Alternative(clauses))
        select new Stage(alternatives);

    private static readonly Arbitrary<Case> Cases = (
        from members in Gen.SubListOf(People).ListOf(Groups.Length)
        from stages in UpTo(2, AnyStage)
        from votes in Gen.SubListOf(People)
        select new Case(
            [.. Groups.Zip(members, (g, m) => (g, (string?)string.Join(' ', m)))],
            new ApprovalRule(null, stages),
            [.. votes.Select(Mail)])).ToArbitrary();

    private static Gen<IReadOnlyList<T>> UpTo<T>(int most, Gen<T> one) =>
        from count in Gen.Choose(1, most)
        from list in one.ListOf(count)
        select (IReadOnlyList<T>)[.. list];

    [Fact]
    public void It_is_met_and_its_stage_is_what_trying_everything_says() =>
        Prop.ForAll(Cases, c =>
        {
            var state = Quorum.Evaluate(c.Rule, c.Votes, c.Directory);
            var stage = BruteForce.Stages(c.Rule, c.Votes, c.Directory);
            return state.Stage == stage && state.Met == (stage == c.Rule.Stages.Count);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_order_of_the_votes_does_not_matter() =>
        Prop.ForAll(Cases, c =>
        {
            var (there, back) = (Quorum.Evaluate(c.Rule, c.Votes, c.Directory), Quorum.Evaluate(c.Rule, [.. c.Votes.Reverse()], c.Directory));
            return there.Stage == back.Stage && there.Met == back.Met && there.Clauses.SequenceEqual(back.Clauses);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_clause_has_more_than_its_votes_and_nobody_is_counted_twice() =>
        Prop.ForAll(Cases, c =>
        {
            var state = Quorum.Evaluate(c.Rule, c.Votes, c.Directory);
            return state.Clauses.All(p => p.Have <= p.Votes) && state.Clauses.Sum(p => p.Have) <= c.Votes.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_further_vote_never_takes_a_stage_back() =>
        Prop.ForAll(Cases, Gen.Elements(People).ToArbitrary(), (c, extra) =>
            Quorum.Evaluate(c.Rule, [.. c.Votes, Mail(extra)], c.Directory).Stage >= Quorum.Evaluate(c.Rule, c.Votes, c.Directory).Stage).QuickCheckThrowOnFailure();

    [Fact]
    public void It_can_be_met_iff_everybody_but_the_requester_together_meets_it() =>
        Prop.ForAll(Cases, c =>
        {
            var others = People.Skip(1).Select(Mail).ToArray();
            return Quorum.CanBeMet(c.Rule, Mail(People[0]), c.Directory) == (BruteForce.Stages(c.Rule, others, c.Directory) == c.Rule.Stages.Count);
        }).QuickCheckThrowOnFailure();

    /// <summary>The process never gets stuck: as long as enough people exist, asking those who are shown, in any order, ends in a quorum.</summary>
    [Fact]
    public void Asking_whoever_is_shown_leads_to_the_quorum_when_there_is_one() =>
        Prop.ForAll(Cases, Gen.Choose(0, 1000).ToArbitrary(), (c, seed) =>
        {
            var requester = Mail(People[0]);
            if (!Quorum.CanBeMet(c.Rule, requester, c.Directory))
                return true;
            var votes = new List<string>();
            while (Quorum.Approvers(c.Rule, votes, requester, c.Directory) is { Count: > 0 } asked)
                votes.Add(asked[seed % asked.Count].Person.Email);
            return Quorum.Evaluate(c.Rule, votes, c.Directory).Met && !votes.Contains(requester);
        }).QuickCheckThrowOnFailure();

    private static class BruteForce
    {
        /// <summary>How many stages can be filled at the same time, trying every choice and every assignment.</summary>
        public static int Stages(ApprovalRule rule, string[] votes, PeopleDirectory directory) =>
            Enumerable.Range(0, rule.Stages.Count + 1).Last(n => Choices(rule.Stages.Take(n).ToList()).Any(seats => CanSeat(seats, 0, votes, directory)));

        private static IEnumerable<List<string>> Choices(List<Stage> stages) =>
            stages.Aggregate(
                (IEnumerable<List<string>>)[[]],
                (paths, stage) => paths.SelectMany(path => stage.AnyOf.Select(
                    a => path.Concat(a.Clauses.SelectMany(c => Enumerable.Repeat(c.Group, c.Votes))).ToList())));

        private static bool CanSeat(List<string> seats, int seat, string[] free, PeopleDirectory directory) =>
            seat == seats.Count || free.Any(p => directory.IsMember(seats[seat], p) && CanSeat(seats, seat + 1, [.. free.Where(f => f != p)], directory));
    }
}
