using JitBroker.Catalog;
using JitBroker.Policy;
using static JitBroker.Tests.Policy.Given;

namespace JitBroker.Tests.Policy;

public sealed class QuorumTests
{
    private static string[] Votes(string people) => [.. people.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Mail)];

    [Fact]
    public void One_person_in_two_groups_fills_one_clause()
    {
        var directory = Directory(("owners", "b d"), ("security", "b e"));
        var rule = Rule(Stage(All(("owners", 1), ("security", 1))));

        var state = Quorum.Evaluate(rule, Votes("b"), directory);

        Assert.False(state.Met);
        Assert.Equal([new ClauseProgress("owners", 1, 1), new ClauseProgress("security", 1, 0)], state.Clauses);
        Assert.True(Quorum.Evaluate(rule, Votes("b d"), directory).Met);
    }

    [Fact]
    public void The_same_vote_twice_is_one_vote()
    {
        var directory = Directory(("owners", "b d"));

        Assert.False(Quorum.Evaluate(Rule(Stage(All(("owners", 2)))), Votes("b b"), directory).Met);
    }

    [Fact]
    public void A_vote_by_nobodys_member_and_by_a_stranger_counts_nothing()
    {
        var directory = Directory(("owners", "b"), ("others", "z"));

        Assert.Equal(0, Quorum.Evaluate(Rule(Stage(All(("owners", 1)))), Votes("z stranger"), directory).Clauses[0].Have);
    }

    [Fact]
    public void The_alternative_with_the_fewest_votes_missing_is_shown()
    {
        var directory = Directory(("owners", "b d e"), ("security", "s"));
        var rule = Rule(Stage(All(("owners", 3)), All(("security", 1))));

        Assert.Equal("security", Quorum.Evaluate(rule, Votes("b"), directory).Clauses[0].Group);
        Assert.Equal(new ClauseProgress("owners", 3, 2), Quorum.Evaluate(rule, Votes("b d"), directory).Clauses[0]);
        Assert.True(Quorum.Evaluate(rule, Votes("s"), directory).Met);
    }

    [Fact]
    public void Stages_are_asked_in_order()
    {
        var directory = Directory(("owners", "b"), ("security", "s t"));
        var rule = Rule(Stage(All(("owners", 1))), Stage(All(("security", 1))));

        Assert.True(Quorum.MayDecide(rule, [], Mail("b"), Mail("a"), directory));
        Assert.False(Quorum.MayDecide(rule, [], Mail("s"), Mail("a"), directory));
        Assert.Equal(1, Quorum.Evaluate(rule, Votes("b"), directory).Stage);
        Assert.True(Quorum.MayDecide(rule, Votes("b"), Mail("s"), Mail("a"), directory));
        Assert.False(Quorum.MayDecide(rule, Votes("b"), Mail("b"), Mail("a"), directory));
        Assert.Equal(["s@x", "t@x"], Quorum.Approvers(rule, Votes("b"), Mail("a"), directory).Select(a => a.Person.Email));
    }

    [Fact]
    public void Who_voted_early_is_moved_to_the_later_stage_when_only_they_can_fill_it()
    {
        var directory = Directory(("owners", "b d"), ("security", "b"));
        var rule = Rule(Stage(All(("owners", 1))), Stage(All(("security", 1))));

        Assert.Equal(1, Quorum.Evaluate(rule, Votes("b"), directory).Stage);
        Assert.True(Quorum.MayDecide(rule, Votes("b"), Mail("d"), Mail("a"), directory));
        Assert.True(Quorum.Evaluate(rule, Votes("b d"), directory).Met);
    }

    [Fact]
    public void The_requester_never_decides_and_is_never_asked()
    {
        var directory = Directory(("owners", "a b"));
        var rule = Rule(Stage(All(("owners", 1))));

        Assert.False(Quorum.MayDecide(rule, [], Mail("a"), Mail("a"), directory));
        Assert.Equal([new(Person("b"), ["owners"])], Quorum.Approvers(rule, [], Mail("a"), directory), (x, y) => x.Person == y.Person && x.Groups.SequenceEqual(y.Groups));
        Assert.False(Quorum.CanBeMet(Rule(Stage(All(("owners", 2)))), Mail("a"), directory));
    }

    [Fact]
    public void A_group_that_cannot_be_told_has_nobody()
    {
        var directory = Directory(("oncall", null));
        var rule = Rule(Stage(All(("oncall", 1))));

        Assert.False(Quorum.CanBeMet(rule, null, directory));
        Assert.True(Quorum.CanBeMet(rule, null, directory, trustUnknown: true));
        Assert.Empty(Quorum.Approvers(rule, [], Mail("a"), directory));
    }

    [Fact]
    public void A_rule_that_asks_nobody_is_met_only_when_it_is_automatic_without_conditions()
    {
        var directory = Directory();

        Assert.True(Quorum.Evaluate(new ApprovalRule(new AutoRule(null, null, null), []), [], directory).Met);
        Assert.False(Quorum.Evaluate(new ApprovalRule(new AutoRule("oncall", null, null), []), [], directory).Met);
        Assert.False(Quorum.Evaluate(new ApprovalRule(null, []), [], directory).Met);
        Assert.False(Quorum.Evaluate(Rule(Stage()), [], directory).Met);
        Assert.False(Quorum.Evaluate(Rule(Stage(All())), [], directory).Met);
        Assert.False(Quorum.Evaluate(Rule(Stage(All(("owners", 0)))), [], directory).Met);
        Assert.False(Quorum.CanBeMet(Rule(Stage(All())), null, directory));
    }

    [Fact]
    public void The_rule_reads_as_a_sentence()
    {
        var directory = Directory(("data-owners", "bea dan eli"), ("security", "s"), ("oncall", null), ("many", "a b c d e f g"));

        Assert.Equal("1 of 3 data-owners (BEA, DAN, ELI)", RuleText.Of(Rule(Stage(All(("data-owners", 1)))), Mail("ana"), directory));
        Assert.Equal("1 of 2 data-owners (BEA, ELI)", RuleText.Of(Rule(Stage(All(("data-owners", 1)))), Mail("dan"), directory));
        Assert.Equal(
            "2 of 3 data-owners (BEA, DAN, ELI), or 1 of 1 security (S); then 1 of oncall (members not known now) and 1 of 7 many (A, B, C, D, E and 2 more)",
            RuleText.Of(Rule(Stage(All(("data-owners", 2)), All(("security", 1))), Stage(All(("oncall", 1), ("many", 1)))), null, directory));
        Assert.Equal("nobody: approved by rule at once", RuleText.Of(new ApprovalRule(new AutoRule(null, null, null), []), null, directory));
        Assert.Equal(
            "nobody when on call in oncall, for at most 30 min; otherwise 1 of 1 security (S)",
            RuleText.Of(new ApprovalRule(new AutoRule("oncall", null, TimeSpan.FromMinutes(30)), [Stage(All(("security", 1)))]), null, directory));
    }
}
