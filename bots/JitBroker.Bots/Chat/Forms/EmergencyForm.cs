using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>An emergency on its way: what was given so far, untrusted.</summary>
/// <param name="Escalates">An own request that waits and is withdrawn in its favour; null: none.</param>
/// <param name="DurationFault">What is wrong with what was entered as its duration.</param>
public sealed record EmergencyDraft(string? Entitlement, TimeSpan? Duration, string? Incident, string Reason, string? Escalates, string? DurationFault = null)
{
    public static EmergencyDraft Of(ChatCommand.BreakGlass command) =>
        new(command.Entitlement, Durations.TryParse(command.Duration, out var duration, out _) ? duration : null, command.Incident, command.Reason, null);

    public EmergencyOrder ToOrder() => new(Entitlement ?? "", Duration, Incident, Reason, Escalates);
}

/// <summary>What the form "Emergency access" shows: only what this person may take now, each capped, and what it means to press the button.</summary>
/// <param name="Consequences">Said above the button, in full.</param>
public sealed record EmergencyForm(
    ChatText Consequences, IReadOnlyList<FormOption> Entitlements, FormOption? Chosen, IReadOnlyList<FormOption> Durations, FormOption? ChosenDuration, EmergencyDraft Draft)
{
    public const string Entitlement = "entitlement";
    public const string Duration = "duration";
    public const string Incident = "incident";
    public const string Reason = "reason";

    /// <summary>The entitlement's name, typed, so that nobody takes it by a slip.</summary>
    public const string Confirm = "confirm";

    private const int MostOptions = 100;

    private static readonly TimeSpan[] Presets =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
    ];

    public static EmergencyForm Of(IReadOnlyList<Entitlement> takeable, BrokerLimits limits, EmergencyDraft draft)
    {
        var chosen = takeable.FirstOrDefault(e => e.Name == draft.Entitlement) ?? (takeable.Count == 1 ? takeable[0] : null);
        var shown = takeable.Take(MostOptions).ToList();
        if (chosen is not null && !shown.Contains(chosen))
            shown[^1] = chosen;
        var longest = chosen is null ? takeable.Max(e => EmergencyAnalysis.Longest(e, limits)) : EmergencyAnalysis.Longest(chosen, limits);
        var durations = Presets.Where(p => p < longest).Append(longest).Select(d => new FormOption(Catalog.Durations.Iso(d), Catalog.Durations.Human(d))).ToList();
        var wanted = draft.Duration is { } asked && asked > TimeSpan.Zero && asked <= longest ? asked : longest;
        if (durations.TrueForAll(d => d.Value != Catalog.Durations.Iso(wanted)))
            durations.Insert(0, new FormOption(Catalog.Durations.Iso(wanted), Catalog.Durations.Human(wanted)));
        return new EmergencyForm(
            Means(chosen), [.. shown.Select(e => Option(e, limits))], chosen is null ? null : Option(chosen, limits), durations, durations.Find(d => d.Value == Catalog.Durations.Iso(wanted)), draft);
    }

    private static FormOption Option(Entitlement entitlement, BrokerLimits limits) =>
        new(entitlement.Name, $"{entitlement.Title} ({entitlement.Name})", $"At most {Catalog.Durations.Human(EmergencyAnalysis.Longest(entitlement, limits))}");

    private static ChatText Means(Entitlement? chosen)
    {
        var (who, within) = chosen?.BreakGlass is { } path ? ($"Those who review it ({path.ReviewGroup})", $" within {Catalog.Durations.Human(path.ReviewWithin)}") : ("Those who review it", "");
        return ChatText.Of($"{Say.Strong("This starts now, without approval.")} {who}, the owners and everyone who would have been asked are told at once. Someone else reviews it{within}; until that is done you may be refused the next one.");
    }
}
