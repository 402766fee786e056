using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using static JitBroker.Tests.Policy.Given;

namespace JitBroker.Tests.Policy;

public sealed class RequestAnalysisTests
{
    private static readonly BrokerLimits Limits = new(TimeSpan.FromHours(4), TimeSpan.FromHours(12));

    private static readonly ApprovalRule OneOwner = Rule(Stage(All(("owners", 1))));

    private static readonly Entitlement Orders = Entitlement("orders-db:read", OneOwner, "engineering") with
    {
        Reason = new ReasonRule(true, @"(INC|OPS)-\d+", "Name a ticket, e.g. INC-42"),
    };

    private static readonly Entitlement Vault = Entitlement("vault:open", OneOwner, "guards") with { Hidden = true };

    private static PeopleDirectory World(params Entitlement[] entitlements) =>
        Directory(entitlements.Length == 0 ? [Orders, Vault] : entitlements, ("engineering", "ana cy bea"), ("owners", "bea dan"), ("guards", "eli"), ("oncall", null));

    private static RequestAnalysis Asked(Ask ask, string by = "ana", PeopleDirectory? world = null) => RequestAnalysis.Of(world ?? World(), Limits, Person(by), ask, Now);

    private static Why? WhyFor(string who, PeopleDirectory world) => Why.Of(world, Limits, Person(who), "orders-db:read", Now);

    [Fact]
    public void An_ask_that_will_do_says_who_is_asked_and_until_when()
    {
        var analysis = Asked(new Ask("orders-db:read", null, "  INC-42 slow  "));

        Assert.True(analysis.Allowed);
        Assert.Equal(TimeSpan.FromHours(1), analysis.Duration);
        Assert.Equal("INC-42 slow", analysis.Reason);
        Assert.Equal(["bea@x", "dan@x"], analysis.Approvers.Select(a => a.Person.Email));
        Assert.Equal("1 of 2 owners (BEA, DAN)", analysis.Needs);
        Assert.Equal(Now.AddHours(4), analysis.LapsesAt);
        Assert.Same(Orders.Approval, analysis.Rule);
        Assert.All(analysis.Rules, r => Assert.True(r.Ok));
    }

    public static TheoryData<string, int, string, string, string, string> Faults => new()
    {
        { "ana", 0, "INC-1", Codes.InvalidDuration, "duration", "above zero" },
        { "ana", -60, "INC-1", Codes.InvalidDuration, "duration", "above zero" },
        { "ana", 60, "INC-1", Codes.InvalidDuration, "duration", "at least 5 min" },
        { "ana", 8 * 3600 + 1, "INC-1", Codes.DurationTooLong, "duration", "at most 8 h" },
        { "ana", 3600, "", Codes.ReasonRequired, "reason", "Name a ticket" },
        { "ana", 3600, "   ", Codes.ReasonRequired, "reason", "Name a ticket" },
        { "ana", 3600, "because", Codes.ReasonPattern, "reason", "Name a ticket" },
        { "ana", 3600, "INC-1 \0", Codes.InvalidValue, "reason", "not text" },
        { "ana", 3600, "INC-1 \ud800", Codes.InvalidValue, "reason", "not text" },
        { "eli", 3600, "INC-1", Codes.NotEligible, "entitlement", "Only members of engineering" },
        { "stranger", 3600, "INC-1", Codes.Inactive, "", "not in the catalog" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_has_its_code_its_field_and_a_sentence(string by, int seconds, string reason, string code, string field, string sentence)
    {
        var refusal = Asked(new Ask("orders-db:read", TimeSpan.FromSeconds(seconds), reason), by).Refusal;

        Assert.Equal(code, refusal?.Code);
        Assert.Equal(field, refusal?.Field ?? "");
        Assert.Contains(sentence, refusal?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_fault_is_told_at_once_and_a_403_comes_first()
    {
        var analysis = Asked(new Ask("orders-db:read", TimeSpan.Zero, "", Now.AddHours(-1)), "eli");

        Assert.Equal(
            [Codes.NotEligible, Codes.InvalidDuration, Codes.ReasonRequired, Codes.InvalidValue],
            analysis.Refusals.Select(r => r.Code));
        Assert.Equal(["entitlement", "duration", "reason", "starts"], analysis.Refusals.Select(r => r.Field));
    }

    [Fact]
    public void A_reason_of_2000_characters_will_do_and_one_more_will_not()
    {
        Assert.True(Asked(new Ask("orders-db:read", null, "INC-1" + new string('x', 1995))).Allowed);
        Assert.Equal(Codes.InvalidValue, Asked(new Ask("orders-db:read", null, "INC-1" + new string('x', 1996))).Refusal?.Code);
    }

    [Fact]
    public void A_hidden_entitlement_reads_as_unknown_with_the_very_same_answer()
    {
        var (hidden, missing) = (Asked(new Ask("vault:open", null, "INC-1")), Asked(new Ask("zzzzz:open", null, "INC-1")));

        Assert.Equal(Codes.UnknownEntitlement, hidden.Refusal?.Code);
        Assert.Equal(missing.Refusal?.Text.Replace("zzzzz:open", "vault:open", StringComparison.Ordinal), hidden.Refusal?.Text);
        Assert.Null(hidden.Entitlement);
        Assert.DoesNotContain("vault:open?", Asked(new Ask("vault:opn", null, "INC-1")).Refusal?.Text, StringComparison.Ordinal);
        Assert.Contains("Did you mean vault:open?", Asked(new Ask("vault:opn", null, "INC-1"), "eli").Refusal?.Text, StringComparison.Ordinal);
        Assert.True(Asked(new Ask("vault:open", null, "INC-1"), "eli").Allowed);
    }

    [Fact]
    public void A_misspelt_name_gets_the_nearest_one() =>
        Assert.Equal(
            new Refusal(Codes.UnknownEntitlement, "There is no entitlement orders-db:raed. Did you mean orders-db:read?", "entitlement"),
            Asked(new Ask("orders-db:raed", null, "INC-1")).Refusal);

    [Fact]
    public void What_nobody_else_could_approve_is_refused()
    {
        var world = World(Orders with { Approval = Rule(Stage(All(("owners", 2)))) });

        Assert.True(Asked(new Ask("orders-db:read", null, "INC-1"), "ana", world).Allowed);
        var refusal = Asked(new Ask("orders-db:read", null, "INC-1"), "bea", world).Refusal;
        Assert.Equal(Codes.NobodyCanApprove, refusal?.Code);
        Assert.Equal("Nobody could approve this for you now. It needs 2 of 1 owners (DAN), and you cannot approve it yourself.", refusal?.Text);
    }

    [Fact]
    public void The_brokers_ceiling_holds_whatever_the_catalog_says()
    {
        var world = World(Orders with { Duration = Orders.Duration with { Max = TimeSpan.FromHours(20) } });

        Assert.Contains("at most 12 h", Asked(new Ask("orders-db:read", TimeSpan.FromHours(13), "INC-1"), "ana", world).Refusal?.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_automatic_approval_asks_nobody_and_a_failed_condition_asks_people()
    {
        var world = World(Orders with { Approval = OneOwner with { Auto = new AutoRule(null, null, TimeSpan.FromMinutes(30)) } });

        var quick = Asked(new Ask("orders-db:read", TimeSpan.FromMinutes(30), "INC-1"), "ana", world);
        var slow = Asked(new Ask("orders-db:read", TimeSpan.FromMinutes(31), "INC-1"), "ana", world);

        Assert.True(quick is { Allowed: true, AutoApproved.Met: true, Approvers.Count: 0 });
        Assert.True(slow is { Allowed: true, AutoApproved.Met: false, Approvers.Count: 2 });
    }

    [Fact]
    public void A_planned_window_is_in_the_future_and_ends_the_waiting()
    {
        Assert.Equal(Now.AddHours(2), Asked(new Ask("orders-db:read", TimeSpan.FromHours(1), "INC-1", Now.AddHours(1))).LapsesAt);
        Assert.Equal(Now.AddHours(4), Asked(new Ask("orders-db:read", TimeSpan.FromHours(1), "INC-1", Now.AddDays(1))).LapsesAt);
        Assert.Equal("starts", Asked(new Ask("orders-db:read", null, "INC-1", Now)).Refusal?.Field);
        Assert.Equal("starts", Asked(new Ask("orders-db:read", null, "INC-1", DateTimeOffset.MinValue)).Refusal?.Field);
        Assert.Equal("starts", Asked(new Ask("orders-db:read", null, "INC-1", DateTimeOffset.MaxValue)).Refusal?.Field);
        Assert.Equal("duration", Asked(new Ask("orders-db:read", TimeSpan.MaxValue, "INC-1", Now.AddHours(1))).Refusal?.Field);
    }

    [Fact]
    public void Why_says_each_rule()
    {
        var why = WhyFor("eli", World())!;

        Assert.False(why.Allowed);
        Assert.Equal(
            [("active", true), ("eligible", false), ("duration", true), ("reason", true), ("approval", true), ("pending", true), ("extensions", true)], why.Rules.Select(r => (r.Rule, r.Ok)));
        Assert.All(why.Rules, r => Assert.EndsWith(".", r.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void Why_tells_each_condition_and_each_stage_with_its_values()
    {
        var rule = new ApprovalRule(new AutoRule("oncall", null, TimeSpan.FromMinutes(30)), [Stage(All(("owners", 1))), Stage(All(("guards", 2)))]);
        var why = WhyFor("ana", World(Orders with { Approval = rule, MaxExtensions = 2, BreakGlass = new BreakGlassRule(["oncall"], TimeSpan.FromMinutes(20), "guards", TimeSpan.FromDays(1)) }))!;
        string TextOf(string name) => Assert.Single(why.Rules, r => r.Rule == name).Text;

        Assert.False(why.Allowed);
        Assert.Equal(["approval", "stage_2"], why.Rules.Where(r => !r.Ok).Select(r => r.Rule));
        Assert.Equal("First 1 of 2 owners (BEA, DAN).", TextOf("stage_1"));
        Assert.Equal("Then 2 of 1 guards (ELI).", TextOf("stage_2"));
        Assert.Contains("✗ I could not check whether you are on call", TextOf("auto"), StringComparison.Ordinal);
        Assert.EndsWith("✗ 1 h is more than 30 min.", TextOf("auto"), StringComparison.Ordinal);
        Assert.Contains("for at most 20 min (whether you are could not be checked just now); guards reviews it within 24 h.", TextOf("break_glass"), StringComparison.Ordinal);
        Assert.Contains("(INC|OPS)", TextOf("reason"), StringComparison.Ordinal);
        Assert.Contains("2 times", TextOf("extensions"), StringComparison.Ordinal);
    }

    public static TheoryData<string, bool> NobodyLeft => new()
    {
        { "two stages that need the same single person", false },
        { "an alternative that others can fill", true },
        { "a group of the asker alone", false },
        { "a group of the asker alone that escalates to others", true },
        { "a group that escalates to the asker alone", false },
        { "a schedule whose people are not known", false },
        { "a schedule that is not known or others", true },
    };

    [Theory]
    [MemberData(nameof(NobodyLeft))]
    public void A_request_that_nobody_could_approve_is_refused(string rule, bool isAllowed)
    {
        var hour = TimeSpan.FromHours(1);
        var approval = rule switch
        {
            "two stages that need the same single person" => Rule(Stage(All(("guards", 1))), Stage(All(("guards", 1)))),
            "an alternative that others can fill" => Rule(Stage(All(("me", 1)), All(("guards", 1)))),
            "a group of the asker alone" => Rule(Stage(All(("me", 1)))),
            "a group of the asker alone that escalates to others" => Rule(Stage(new Alternative([new Clause("me", 1, null, "guards", hour)]))),
            "a group that escalates to the asker alone" => Rule(Stage(new Alternative([new Clause("nobody", 1, null, "me", hour)]))),
            "a schedule whose people are not known" => Rule(Stage(All(("oncall", 1)))),
            _ => Rule(Stage(All(("oncall", 1)), All(("owners", 1)))),
        };
        var world = Directory([Orders with { Approval = approval }], ("engineering", "ana cy bea"), ("owners", "bea dan"), ("guards", "eli"), ("me", "ana"), ("nobody", ""), ("oncall", null));

        var analysis = Asked(new Ask("orders-db:read", null, "INC-1"), "ana", world);

        Assert.Equal(isAllowed ? null : Codes.NobodyCanApprove, analysis.Refusal?.Code);
    }

    [Fact]
    public void Why_and_the_dry_run_cannot_disagree()
    {
        Entitlement[] kinds =
        [
            Orders,
            Orders with { Approval = OneOwner with { Auto = new AutoRule(null, null, TimeSpan.FromMinutes(30)) } },
            Orders with { Approval = new ApprovalRule(new AutoRule(null, null, TimeSpan.FromDays(1)), []) },
            Orders with { Approval = new ApprovalRule(new AutoRule(null, null, TimeSpan.FromSeconds(1)), []) },
            Orders with { Eligible = ["nobody"] },
            Orders with { Hidden = true },
            Orders with { Duration = new DurationLimits(TimeSpan.FromMinutes(1), TimeSpan.FromDays(3), TimeSpan.FromDays(3)) },
        ];
        foreach (var orders in kinds)
        {
            var world = World(orders);
            foreach (var who in new[] { "ana", "bea", "cy", "eli" })
            {
                var dryRun = Asked(new Ask("orders-db:read", null, "INC-1"), who, world);
                var why = WhyFor(who, world);
                Assert.Equal(dryRun.Entitlement is null, why is null);
                Assert.Equal(dryRun.Allowed, why?.Allowed ?? false);
            }
        }
    }

    [Fact]
    public void Why_does_not_tell_a_hidden_name_from_an_unknown_one() => Assert.Null(WhyFor("eli", World(Orders with { Hidden = true })));
}
