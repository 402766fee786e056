using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>What somebody asks for. <paramref name="Duration"/> null: the entitlement's default. <paramref name="StartsAt"/> null: as soon as it is approved.</summary>
public sealed record Ask(string Entitlement, TimeSpan? Duration, string Reason, DateTimeOffset? StartsAt = null);

/// <summary>The broker's own default of how long a request waits, and the longest access there is, whatever the catalog says.</summary>
public sealed record BrokerLimits(TimeSpan PendingFor, TimeSpan MaxDuration);

/// <summary>
/// One analysis for the dry run, the form and the submit, so that they cannot disagree. Pure: it stores nothing and asks nobody.
/// Allowed iff <see cref="Refusal"/> is null.
/// </summary>
public sealed record RequestAnalysis
{
    /// <summary>How far ahead an access may be planned.</summary>
    public static readonly TimeSpan PlanAhead = TimeSpan.FromDays(90);

    public bool Allowed => Refusal is null;

    /// <summary>Why not, the weightiest first (contract §4: 403 before 422).</summary>
    public Refusal? Refusal => Refusals.Count == 0 ? null : Refusals[0];

    /// <summary>Every fault, so that a form can show each at its field.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    /// <summary>Null when the name is unknown to this person.</summary>
    public Entitlement? Entitlement { get; init; }

    /// <summary>Today's approval rule of the entitlement; to be pinned at submit (rule 6).</summary>
    public ApprovalRule? Rule => Entitlement?.Approval;

    /// <summary>What would be granted: the asked one, or the default. As asked even where it is refused; zero when the entitlement is unknown.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The reason as it is stored: trimmed and in NFC.</summary>
    public string Reason { get; init; } = "";

    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>When the request lapses if nobody decides: after the entitlement's pending time, and no later than the end of a planned window.</summary>
    public DateTimeOffset LapsesAt { get; init; }

    public AutoDecision AutoApproved { get; init; } = AutoDecision.None;

    /// <summary>Who is asked first; nobody when it is approved by rule.</summary>
    public IReadOnlyList<Approver> Approvers { get; init; } = [];

    /// <summary><c>1 of 3 data-owners (Bea, Dan, Eli)</c>: see <see cref="RuleText"/>.</summary>
    public string Needs { get; init; } = "";

    public IReadOnlyList<RuleResult> Rules { get; init; } = [];

    /// <param name="directory">Who is who, under one catalog.</param>
    /// <param name="limits">The broker's ceilings.</param>
    /// <param name="asker">Who would hold the access.</param>
    /// <param name="ask">What is asked, untrusted.</param>
    /// <param name="now">The broker's clock.</param>
    public static RequestAnalysis Of(PeopleDirectory directory, BrokerLimits limits, Person asker, Ask ask, DateTimeOffset now)
    {
        var name = ask.Entitlement.Trim();
        if (!directory.Catalog.Entitlements.TryGetValue(name, out var entitlement) || !Eligibility.MaySee(directory, asker.Email, entitlement))
            return Unknown(directory, asker, name, now);
        var duration = ask.Duration ?? entitlement.Duration.Default;
        var reason = ReasonCheck.Of(entitlement.Reason, ask.Reason);
        var auto = AutoConditions.Evaluate(entitlement.Approval.Auto, asker, duration, ask.StartsAt ?? now, directory);
        var approval = auto.Met ? new RuleResult("approval", true, auto.Why) : Eligibility.Approval(directory, asker, entitlement);
        (RuleResult Rule, string Code, string? Field)[] checks =
        [
            (Eligibility.Active(directory, asker), Codes.Inactive, null),
            (Eligibility.Eligible(directory, asker, entitlement), Codes.NotEligible, "entitlement"),
            DurationCheck(entitlement, limits, duration),
            reason.Check,
            (StartCheck(ask.StartsAt, now), Codes.InvalidValue, "starts"),
            (approval, Codes.NobodyCanApprove, "entitlement"),
        ];
        return new RequestAnalysis
        {
            Refusals = [.. checks.Where(c => !c.Rule.Ok).Select(c => new Refusal(c.Code, c.Rule.Text, c.Field))],
            Entitlement = entitlement,
            Duration = duration,
            Reason = reason.Text,
            StartsAt = ask.StartsAt,
            LapsesAt = Lapse(now, entitlement.PendingFor, ask.StartsAt, duration),
            AutoApproved = auto,
            Approvers = auto.Met ? [] : Quorum.Approvers(entitlement.Approval, [], asker.Email, directory),
            Needs = RuleText.Of(entitlement.Approval, asker.Email, directory),
            Rules = [.. checks.Select(c => c.Rule), .. auto.Conditions],
        };
    }

    /// <summary>The very same answer for a name that does not exist and for one that is hidden from this person.</summary>
    private static RequestAnalysis Unknown(PeopleDirectory directory, Person asker, string name, DateTimeOffset now)
    {
        var active = Eligibility.Active(directory, asker);
        if (!active.Ok)
            return new RequestAnalysis { Refusals = [new Refusal(Codes.Inactive, active.Text)], LapsesAt = now, Rules = [active] };
        var visible = directory.Catalog.Entitlements.Values.Where(e => Eligibility.MaySee(directory, asker.Email, e)).Select(e => e.Name);
        var shown = name.Length <= 80 ? name : name[..80] + "…";
        var text = name.Length == 0
            ? "Name what you need: the request form and jit list show what you may ask for."
            : $"There is no entitlement {shown}.{(NearestName.Of(name, visible) is { } near ? $" Did you mean {near}?" : " The request form and jit list show what you may ask for.")}";
        return new RequestAnalysis
        {
            Refusals = [new Refusal(Codes.UnknownEntitlement, text, "entitlement")],
            LapsesAt = now,
            Rules = [active, new RuleResult("entitlement", false, text)],
        };
    }

    private static (RuleResult Rule, string Code, string? Field) DurationCheck(Entitlement entitlement, BrokerLimits limits, TimeSpan duration)
    {
        var (min, max) = (entitlement.Duration.Min, entitlement.Duration.Max < limits.MaxDuration ? entitlement.Duration.Max : limits.MaxDuration);
        if (duration <= TimeSpan.Zero)
            return Fault(Codes.InvalidDuration, "A duration must be above zero.");
        if (duration.Ticks % TimeSpan.TicksPerSecond != 0)
            return Fault(Codes.InvalidDuration, "A duration is whole seconds.");
        if (duration > max)
            return Fault(Codes.DurationTooLong, $"{Durations.Human(duration)} is too long: {entitlement.Name} is given for at most {Durations.Human(max)}.");
        if (duration < min)
            return Fault(Codes.InvalidDuration, $"{Durations.Human(duration)} is too short: {entitlement.Name} is given for at least {Durations.Human(min)}.");
        return (new RuleResult("duration", true, $"{Durations.Human(duration)} is within {Durations.Human(min)} to {Durations.Human(max)}."), "", null);

        static (RuleResult, string, string?) Fault(string code, string text) => (new RuleResult("duration", false, text), code, "duration");
    }

    private static RuleResult StartCheck(DateTimeOffset? startsAt, DateTimeOffset now)
    {
        if (startsAt is not { } start)
            return new RuleResult("starts", true, "It starts when it is approved.");
        var text = start.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
        if (start <= now)
            return new RuleResult("starts", false, $"{text} has passed. Choose a later start, or none to start when it is approved.");
        return start - now > PlanAhead
            ? new RuleResult("starts", false, $"{text} is too far ahead: at most {Durations.Human(PlanAhead)}.")
            : new RuleResult("starts", true, $"It starts at {text}.");
    }

    private static DateTimeOffset Lapse(DateTimeOffset now, TimeSpan pending, DateTimeOffset? startsAt, TimeSpan duration)
    {
        var lapse = now + pending;
        var sane = duration > TimeSpan.Zero && duration <= Durations.Longest && startsAt > now && startsAt - now <= PlanAhead;
        return sane && startsAt!.Value + duration < lapse ? startsAt.Value + duration : lapse;
    }
}
