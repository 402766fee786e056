using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>More time on an access that is in use, as asked and untrusted.</summary>
/// <param name="Emergency">The access was taken as break-glass.</param>
/// <param name="Used">Extensions it has had.</param>
/// <param name="Duration">As typed: by how much its end is to move.</param>
public sealed record ExtensionAsk(string Entitlement, bool Emergency, DateTimeOffset StartsAt, DateTimeOffset EndsAt, long Used, string Duration, string Reason);

/// <summary>
/// Whether an extension may be asked for, and who decides it. Pure. By the same rule as the access itself, so that no extension is easier to get than what it
/// extends: what a rule approves by itself up to a length is measured against the whole access, at the hour at which the added time would begin.
/// </summary>
public sealed record ExtensionAnalysis
{
    /// <summary>Why not, the weightiest first (contract §4: 403 before 422 before 409); null when it may be asked for.</summary>
    public Refusal? Refusal { get; private init; }

    public ApprovalRule Rule { get; private init; } = new(null, []);

    public TimeSpan Duration { get; private init; }

    public string Reason { get; private init; } = "";

    /// <summary>After the entitlement's pending time, and no later than the end it would move.</summary>
    public DateTimeOffset LapsesAt { get; private init; }

    public AutoDecision AutoApproved { get; private init; } = AutoDecision.None;

    public IReadOnlyList<Approver> Approvers { get; private init; } = [];

    /// <param name="entitlement">Today's.</param>
    public static ExtensionAnalysis Of(PeopleDirectory directory, BrokerLimits limits, Person asker, Entitlement entitlement, ExtensionAsk ask, DateTimeOffset now)
    {
        var rule = Extensions.RuleOf(entitlement, ask.Emergency);
        var isReadable = Durations.TryParse(ask.Duration, out var duration, out var problem);
        var reason = ReasonCheck.Of(entitlement.Reason, ask.Reason);
        var auto = isReadable && duration <= Durations.Longest
            ? AutoConditions.Evaluate(rule.Auto, asker, ask.EndsAt - ask.StartsAt + duration, ask.EndsAt, directory)
            : AutoDecision.None;
        var refusals = new[]
        {
            NotEligible(directory, asker, entitlement, ask.Emergency),
            isReadable ? Fault(entitlement, limits, ask, duration) : new Refusal(Codes.InvalidDuration, problem, "duration"),
            reason.Check.Rule.Ok ? null : new Refusal(reason.Check.Code, reason.Check.Rule.Text, reason.Check.Field),
            auto.Met || Quorum.CanBeMet(rule, asker.Email, directory) ? null : new Refusal(Codes.NobodyCanApprove, $"Nobody could approve this for you now. It needs {RuleText.Of(rule, asker.Email, directory)}, and you cannot approve it yourself."),
            LimitReached(entitlement, ask.Emergency, ask.Used),
        };
        var lapse = now + entitlement.PendingFor;
        return new ExtensionAnalysis
        {
            Refusal = refusals.FirstOrDefault(r => r is not null),
            Rule = rule,
            Duration = duration,
            Reason = reason.Text,
            LapsesAt = ask.EndsAt < lapse ? ask.EndsAt : lapse,
            AutoApproved = auto,
            Approvers = auto.Met ? [] : Quorum.Approvers(rule, [], asker.Email, directory),
        };
    }

    /// <summary>409 when it was extended as often as it may be.</summary>
    public static Refusal? LimitReached(Entitlement entitlement, bool emergency, long used)
    {
        var most = Extensions.MaxOf(entitlement, emergency);
        if (used < most)
            return null;
        var text = most == 0
            ? $"{entitlement.Name} is not extended. Ask again when you know that you need it longer."
            : string.Create(CultureInfo.InvariantCulture, $"This access was extended {Times(used)} already, and {Times(most)} is the limit. Ask again for a new one.");
        return new Refusal(Codes.ExtensionLimit, text);
    }

    private static Refusal? NotEligible(PeopleDirectory directory, Person asker, Entitlement entitlement, bool emergency)
    {
        if (emergency ? Eligibility.MayKeep(directory, asker.Email, entitlement, emergency) : Eligibility.IsEligible(directory, asker.Email, entitlement))
            return null;
        return Eligibility.WhyUnknown(directory, asker.Email, entitlement) is { } why
            ? new Refusal(Codes.NotEligible, $"I could not check whether you may still have {entitlement.Name} ({why}), so it is not extended now. Try again in a moment.")
            : new Refusal(Codes.NotEligible, $"You may not have {entitlement.Name} any more, so it is not extended.");
    }

    private static Refusal? Fault(Entitlement entitlement, BrokerLimits limits, ExtensionAsk ask, TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || duration.Ticks % TimeSpan.TicksPerSecond != 0)
            return new Refusal(Codes.InvalidDuration, "An extension is for whole seconds above zero.", "duration");
        var longest = Extensions.LongestOf(entitlement, ask.Emergency);
        if (duration > longest)
            return new Refusal(Codes.DurationTooLong, $"{Durations.Human(duration)} is too long: {entitlement.Name} is extended by at most {Durations.Human(longest)} at a time.", "duration");
        return duration > limits.MaxDuration || ask.EndsAt - ask.StartsAt + duration > limits.MaxDuration
            ? new Refusal(Codes.DurationTooLong, $"{Durations.Human(duration)} more is too long: no access lasts longer than {Durations.Human(limits.MaxDuration)} in all.", "duration")
            : null;
    }

    private static string Times(long count) => count switch { 1 => "once", 2 => "twice", _ => string.Create(CultureInfo.InvariantCulture, $"{count} times") };
}
