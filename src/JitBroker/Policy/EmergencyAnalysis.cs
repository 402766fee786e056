using System.Globalization;
using System.Text.RegularExpressions;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>An emergency, as asked and untrusted.</summary>
/// <param name="Duration">Null: as long as it may be.</param>
/// <param name="Incident">What it is for, a word or two such as <c>INC-77</c>; null when none is named.</param>
/// <param name="Reason">What is happening; always needed.</param>
public sealed record EmergencyAsk(string Entitlement, TimeSpan? Duration, string? Incident, string Reason);

/// <summary>
/// Whether somebody may take an access without approval. Pure; one answer for the dry run, the form and the deed. On call means a member, now, of one of the
/// groups that the entitlement names for it; a schedule that cannot be looked up is a no (rule 10).
/// </summary>
public sealed record EmergencyAnalysis
{
    /// <summary>Longest incident, in characters.</summary>
    public const int IncidentLength = 100;

    public Refusal? Refusal => Refusals.Count == 0 ? null : Refusals[0];

    /// <summary>Every fault, the weightiest first, so that a form can show each at its field.</summary>
    public required IReadOnlyList<Refusal> Refusals { get; init; }

    /// <summary>Null when the name is unknown to this person.</summary>
    public Entitlement? Entitlement { get; init; }

    public TimeSpan Duration { get; init; }

    public string? Incident { get; init; }

    /// <summary>As it is stored: <c>INC-77: checkout down</c>.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The groups that make this person eligible.</summary>
    public IReadOnlyList<string> OnCallIn { get; init; } = [];

    /// <summary>Who would have been asked, and is told instead.</summary>
    public IReadOnlyList<Approver> Skipped { get; init; } = [];

    public static EmergencyAnalysis Of(PeopleDirectory directory, BrokerLimits limits, Person asker, EmergencyAsk ask, DateTimeOffset now)
    {
        var name = ask.Entitlement.Trim();
        if (!directory.Catalog.Entitlements.TryGetValue(name, out var entitlement) || !(Eligibility.MaySee(directory, asker.Email, entitlement) || OnCall(directory, asker, entitlement).Count > 0))
            return new EmergencyAnalysis { Refusals = RequestAnalysis.Of(directory, limits, asker, new Ask(name, null, ""), now).Refusals };
        var onCall = OnCall(directory, asker, entitlement);
        var duration = ask.Duration ?? Longest(entitlement, limits);
        var incident = string.IsNullOrWhiteSpace(ask.Incident) ? NamedIn(entitlement.Reason.Pattern, ask.Reason) : ask.Incident.Trim();
        var isNamed = incident is null || ask.Reason.Contains(incident, StringComparison.OrdinalIgnoreCase);
        var reason = ReasonCheck.Of(entitlement.Reason with { Required = true }, isNamed || string.IsNullOrWhiteSpace(ask.Reason) ? ask.Reason : $"{incident}: {ask.Reason.Trim()}");
        var active = Eligibility.Active(directory, asker);
        var refusals = new[]
        {
            active.Ok ? null : new Refusal(Codes.Inactive, active.Text),
            onCall.Count > 0 ? null : NotOnCall(directory, entitlement),
            DurationFault(entitlement, limits, duration),
            IncidentFault(incident),
            reason.Check.Rule.Ok ? null : new Refusal(reason.Check.Code, reason.Check.Rule.Text, reason.Check.Field),
        };
        return new EmergencyAnalysis
        {
            Refusals = [.. refusals.OfType<Refusal>()],
            Entitlement = entitlement,
            Duration = duration,
            Incident = incident,
            Reason = reason.Text,
            OnCallIn = onCall,
            Skipped = Quorum.Approvers(entitlement.Approval, [], asker.Email, directory),
        };
    }

    /// <summary>The ticket that the catalog's pattern finds in the reason, when it is one word; null otherwise.</summary>
    private static string? NamedIn(string? pattern, string reason)
    {
        try
        {
            return pattern is not null && ReasonCheck.Compiled(pattern)?.Match(reason.Length > ReasonCheck.Longest ? "" : reason) is { Success: true, Value: { Length: > 0 and <= IncidentLength } found } && !found.Any(char.IsWhiteSpace) ? found : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <summary>The hard limit: the entitlement's own for emergencies, never above the broker's.</summary>
    public static TimeSpan Longest(Entitlement entitlement, BrokerLimits limits) =>
        entitlement.BreakGlass is not { } path ? TimeSpan.Zero : path.Max < limits.MaxDuration ? path.Max : limits.MaxDuration;

    /// <summary>What this person may take now without approval, in name order.</summary>
    public static IReadOnlyList<Entitlement> Takeable(PeopleDirectory directory, Person person) =>
        [.. directory.Catalog.Entitlements.Values.Where(e => OnCall(directory, person, e).Count > 0).OrderBy(e => e.Name, StringComparer.Ordinal)];

    private static IReadOnlyList<string> OnCall(PeopleDirectory directory, Person person, Entitlement entitlement) =>
        directory.Find(person.Email) is null ? [] : [.. (entitlement.BreakGlass?.Eligible ?? []).Where(g => directory.IsMember(g, person.Email))];

    private static Refusal NotOnCall(PeopleDirectory directory, Entitlement entitlement)
    {
        if (entitlement.BreakGlass is not { } path)
            return new Refusal(Codes.NotEligible, $"{entitlement.Name} has no emergency path. Ask for it instead: those who decide are told at once.", "entitlement");
        var unknown = path.Eligible.Where(directory.IsUnknown).ToList();
        return unknown.Count > 0
            ? new Refusal(Codes.NotEligible, $"I could not check whether you are on call in {string.Join(" or ", unknown.Select(g => $"{g} ({directory.WhyUnknown(g)})"))}, so this is refused. Ask for it instead: people must decide.", "entitlement")
            : new Refusal(Codes.NotEligible, $"Emergency access to {entitlement.Name} is for those on call in {string.Join(" or ", path.Eligible)}, and you are not. Ask for it instead.", "entitlement");
    }

    private static Refusal? DurationFault(Entitlement entitlement, BrokerLimits limits, TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || duration.Ticks % TimeSpan.TicksPerSecond != 0)
            return new Refusal(Codes.InvalidDuration, "A duration is whole seconds above zero.", "duration");
        var longest = Longest(entitlement, limits);
        return duration > longest
            ? new Refusal(Codes.DurationTooLong, $"{Durations.Human(duration)} is too long: an emergency on {entitlement.Name} lasts at most {Durations.Human(longest)}.", "duration")
            : null;
    }

    private static Refusal? IncidentFault(string? incident) =>
        FreeText.Fault(incident, IncidentLength, "incident", "incident")
        ?? (incident?.Any(char.IsControl) is true ? new Refusal(Codes.InvalidValue, string.Create(CultureInfo.InvariantCulture, $"The incident is one line of at most {IncidentLength} characters, such as INC-77."), "incident") : null);
}
