using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;
using JitBroker.Policy;

namespace JitBroker.Tests.Policy;

public sealed class NudgesTests
{
    private static readonly DateTimeOffset Since = Given.Now;

    private static Clause Clause(int? remind = null, int? escalate = null) => new(
        "owners", 1, remind is { } r ? TimeSpan.FromMinutes(r) : null, escalate is null ? null : "platform", escalate is { } e ? TimeSpan.FromMinutes(e) : null);

    private static DateTimeOffset At(double minutes) => Since + TimeSpan.FromMinutes(minutes);

    [Fact]
    public void Reminders_come_in_growing_gaps()
    {
        var (told, now) = (new List<double>(), Since);
        while (Nudges.Next([Clause(remind: 15)], Since, now) is { } next && next <= At(1000))
        {
            told.Add((next - Since).TotalMinutes);
            now = next;
        }

        Assert.Equal([15, 45, 105, 225, 465, 945], told);
    }

    [Fact]
    public void What_was_missed_is_made_up_for_once()
    {
        Assert.Equal(new Nudge(true, []).Remind, Nudges.Due([Clause(remind: 15)], Since, At(15), At(500)).Remind);
        Assert.Equal(At(945), Nudges.Next([Clause(remind: 15)], Since, At(500)));
        Assert.True(Nudges.Due([Clause(remind: 15)], Since, At(16), At(44)).IsNothing);
    }

    [Fact]
    public void A_clause_escalates_once_and_late_rather_than_never()
    {
        var clause = Clause(escalate: 60);

        Assert.Equal(At(60), Nudges.Next([clause], Since, At(0)));
        Assert.True(Nudges.Due([clause], Since, At(60), At(59)).IsNothing);
        Assert.Equal([clause], Nudges.Due([clause], Since, At(60), At(60)).Escalate);
        Assert.Equal(At(90), Nudges.Next([clause], Since, At(90)));
        Assert.Null(Nudges.Next([clause with { IsEscalated = true }], Since, At(90)));
    }

    [Fact]
    public void An_escalation_belongs_to_its_group_its_target_and_its_time()
    {
        var clause = Clause(escalate: 60);
        var known = Escalations.Parse(Escalations.None.With([clause]).ToText());

        Assert.True(known.Has(clause));
        Assert.False(known.Has(clause with { EscalateAfter = TimeSpan.FromHours(2) }));
        Assert.False(known.Has(clause with { EscalateTo = "security" }));
        Assert.False(known.Has(clause with { Group = "others" }));
        Assert.Equal(["owners", "platform"], known.Of(Given.Rule(Given.Stage(new Alternative([clause])))).Stages[0].AnyOf[0].Clauses[0].Groups);
    }

    /// <summary>Whenever the sweep happens to look: each alarm it sets is later than now, and no reminder is told twice or left out.</summary>
    [Fact]
    public void However_late_the_looks_are_each_reminder_is_told_at_the_next_look_and_only_there() =>
        Prop.ForAll(
            Gen.Choose(1, 400).NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), (looks, gap) =>
            {
                var (clause, now) = (Clause(remind: gap), Since);
                var alarm = Nudges.Next([clause], Since, now);
                foreach (var later in looks)
                {
                    var before = now;
                    now += TimeSpan.FromMinutes(later);
                    var instants = Enumerable.Range(1, 20).Select(n => At(gap * (Math.Pow(2, n) - 1)));
                    var due = alarm <= now;
                    if (due != instants.Any(i => i > before && i <= now) || (due && !Nudges.Due([clause], Since, alarm!.Value, now).Remind))
                        return false;
                    if (due)
                        alarm = Nudges.Next([clause], Since, now);
                }

                return alarm > now;
            }).QuickCheckThrowOnFailure();
}
