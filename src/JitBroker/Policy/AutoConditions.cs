using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>One thing that was checked: a stable name, whether it holds, and a sentence for people that says so.</summary>
public sealed record RuleResult(string Rule, bool Ok, string Text);

/// <summary>Whether the broker approves by itself, and why or why not.</summary>
public sealed record AutoDecision(bool Met, string Why, IReadOnlyList<RuleResult> Conditions)
{
    /// <summary>The rule never approves by itself.</summary>
    public static AutoDecision None { get; } = new(false, "People decide this.", []);
}

/// <summary>The conditions of an automatic approval; all must hold, and what cannot be told does not hold (rule 10).</summary>
public static class AutoConditions
{
    private const string PeopleDecide = ", so people must decide.";

    /// <param name="auto">Null: people always decide.</param>
    /// <param name="asker">Who would hold the access.</param>
    /// <param name="duration">What was asked for.</param>
    /// <param name="begins">When the access would begin; the hours are looked at there.</param>
    /// <param name="directory">Who is in which group.</param>
    public static AutoDecision Evaluate(AutoRule? auto, Person asker, TimeSpan duration, DateTimeOffset begins, PeopleDirectory directory)
    {
        if (auto is null)
            return AutoDecision.None;
        RuleResult?[] all = [OnCall(auto.OnCall, asker, directory), Hours(auto.Hours, begins), AtMost(auto.AtMost, duration)];
        var conditions = all.OfType<RuleResult>().ToList();
        if (conditions.Count == 0)
            return new AutoDecision(true, "Approved by rule: this needs nobody's approval.", conditions);
        return conditions.Find(c => !c.Ok) is { } unmet
            ? new AutoDecision(false, unmet.Text.EndsWith(PeopleDecide, StringComparison.Ordinal) ? unmet.Text : unmet.Text.TrimEnd('.') + PeopleDecide, conditions)
            : new AutoDecision(true, "Approved by rule: " + string.Join(' ', conditions.Select(c => c.Text)), conditions);
    }

    private static RuleResult? OnCall(string? group, Person asker, PeopleDirectory directory)
    {
        if (group is null)
            return null;
        if (directory.WhyUnknown(group) is { } why)
            return new RuleResult("on_call", false, $"I could not check whether you are on call ({why}){PeopleDecide}");
        return directory.IsMember(group, asker.Email)
            ? new RuleResult("on_call", true, $"You are on call in {group}.")
            : new RuleResult("on_call", false, $"You are not on call in {group}.");
    }

    private static RuleResult? Hours(string? hours, DateTimeOffset begins)
    {
        if (hours is null)
            return null;
        if (!HoursWindow.TryParse(hours, out var window, out _))
            return new RuleResult("hours", false, $"I could not read the hours {hours}.");
        return window.Contains(begins)
            ? new RuleResult("hours", true, $"It begins within {hours}.")
            : new RuleResult("hours", false, $"It begins outside {hours}.");
    }

    private static RuleResult? AtMost(TimeSpan? most, TimeSpan duration)
    {
        if (most is not { } limit)
            return null;
        return duration <= limit
            ? new RuleResult("at_most", true, $"{Durations.Human(duration)} is within {Durations.Human(limit)}.")
            : new RuleResult("at_most", false, $"{Durations.Human(duration)} is more than {Durations.Human(limit)}.");
    }
}
