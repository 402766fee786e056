using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>One choice of a field: what is sent, what is read.</summary>
public sealed record FormOption(string Value, string Label, string? Description = null);

/// <summary>What the form "Request access" shows: the choices for this person, what is filled in, and who would be asked.</summary>
/// <param name="Chosen">The entitlement that is filled in; null when none, or none of this name may be asked for.</param>
/// <param name="Who">The live line: who will be asked, or why nobody could approve it.</param>
/// <param name="Faults">By field, said where the field is.</param>
public sealed record RequestForm(
    FormOption? Chosen,
    IReadOnlyList<FormOption> Durations,
    FormOption? Duration,
    string Reason,
    string ReasonHint,
    bool IsReasonRequired,
    DateTimeOffset? StartsAt,
    Tone WhoTone,
    ChatText Who,
    IReadOnlyDictionary<string, string> Faults);

/// <summary>Fills the form from the same analysis that the submit obeys, so that the two cannot disagree. Pure but for the clock and the catalog.</summary>
public sealed class FillRequestForm(DraftRequest drafts, CatalogHolder catalogs, BrokerLimits limits)
{
    /// <summary>Most choices a searchable field offers at once.</summary>
    public const int MostOptions = 100;

    private static readonly TimeSpan[] Presets =
    [
        TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(4),
        TimeSpan.FromHours(8), TimeSpan.FromHours(12), TimeSpan.FromHours(24), TimeSpan.FromDays(3), TimeSpan.FromDays(7),
    ];

    /// <param name="usualWait">How long a decision on this usually takes; null when nobody knows.</param>
    public RequestForm Of(Actor actor, RequestDraft draft, TimeSpan? usualWait = null)
    {
        var directory = catalogs.Directory;
        var askable = Askable(directory, actor);
        var choice = askable.FirstOrDefault(e => e.Name == draft.Entitlement);
        var (options, chosen) = DurationsFor(choice is null ? Widest(askable) : choice.Duration, draft.Duration);
        var (tone, who) = choice is null
            ? (Tone.Waiting, ChatText.Plain("Choose what you need to see who will be asked."))
            : Who(directory, actor, drafts.Analyse(actor, draft with { Duration = draft.Duration ?? choice.Duration.Default }), usualWait);
        return new RequestForm(
            choice is null ? null : Option(choice),
            options,
            chosen,
            draft.Reason,
            choice?.ReasonHint ?? "What do you need it for?",
            choice?.IsReasonRequired ?? true,
            draft.StartsAt,
            tone,
            who,
            draft.Faults);
    }

    /// <summary>What this person may ask for and <paramref name="typed"/> could mean, the recently used first.</summary>
    /// <param name="recent">Names, the newest first.</param>
    public IReadOnlyList<FormOption> Search(Actor actor, string typed, IReadOnlyList<string> recent)
    {
        var askable = Askable(catalogs.Directory, actor);
        var wanted = Clean.Line(typed);
        var found = askable.Where(e => e.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase) || e.Title.Contains(wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        if (found.Count == 0 && NearestName.Of(wanted, askable.Select(e => e.Name)) is { } near)
            found = [.. askable.Where(e => e.Name == near)];
        return [.. found.OrderBy(e => Rank(recent, e.Name)).ThenBy(e => e.Title, StringComparer.Ordinal).Take(MostOptions).Select(Option)];
    }

    private static IReadOnlyList<FormChoice> Askable(PeopleDirectory directory, Actor actor) => FormChoice.Askable(directory, actor.Email);

    private static int Rank(IReadOnlyList<string> recent, string name)
    {
        for (var at = 0; at < recent.Count; at++)
        {
            if (recent[at] == name)
                return at;
        }

        return int.MaxValue;
    }

    private static FormOption Option(FormChoice choice) => new(choice.Name, choice.Title == choice.Name ? choice.Name : $"{choice.Title} ({choice.Name})", choice.Says);

    /// <summary>Before anything is chosen: all that could be asked for at all, and the shortest default, which is sensible for most.</summary>
    private static DurationLimits Widest(IReadOnlyList<FormChoice> askable) => askable.Count == 0
        ? new DurationLimits(Presets[0], Presets[0], Presets[0])
        : new DurationLimits(askable.Min(e => e.Duration.Min), askable.Min(e => e.Duration.Default), askable.Max(e => e.Duration.Max));

    /// <summary>Presets up to the limit, the default, and the odd one that was given, marked when it is not possible.</summary>
    private (IReadOnlyList<FormOption> Options, FormOption? Chosen) DurationsFor(DurationLimits given, TimeSpan? asked)
    {
        var max = given.Max < limits.MaxDuration ? given.Max : limits.MaxDuration;
        var usual = given.Default < max ? given.Default : max;
        var chosen = asked ?? usual;
        var options = Presets.Where(p => p >= given.Min && p <= max).Append(max).Append(usual).Append(chosen).Distinct().Order()
            .Select(d => new FormOption(Catalog.Durations.Iso(d), d < given.Min || d > max ? $"{Catalog.Durations.Human(d)} (not possible here)" : Catalog.Durations.Human(d)))
            .ToList();
        return (options, options.Find(o => o.Value == Catalog.Durations.Iso(chosen)));
    }

    /// <summary>Of a bundle: who is asked for each of its entitlements, and what stands in the way of any.</summary>
    private static (Tone Tone, ChatText Who) Who(PeopleDirectory directory, Actor actor, IReadOnlyList<RequestAnalysis> analyses, TimeSpan? usualWait)
    {
        if (analyses.Count == 1)
            return Who(directory, actor, analyses[0], usualWait);
        var each = analyses.Select(a => (a.Entitlement!.Title, Said: Who(directory, actor, a, null))).ToList();
        var tone = each.Exists(e => e.Said.Tone == Tone.Bad) ? Tone.Bad : each.TrueForAll(e => e.Said.Tone == Tone.Good) ? Tone.Good : Tone.Waiting;
        return (tone, ChatText.Join(" ", each.Select(e => ChatText.Of($"{Say.Strong(e.Title)}: {e.Said.Who}"))));
    }

    private static (Tone Tone, ChatText Who) Who(PeopleDirectory directory, Actor actor, RequestAnalysis analysis, TimeSpan? usualWait)
    {
        if (analysis.AutoApproved.Met)
            return (Tone.Good, ChatText.Plain(analysis.AutoApproved.Why));
        if (analysis.Refusals.FirstOrDefault(r => r.Code is Codes.NobodyCanApprove or Codes.NotEligible or Codes.Inactive) is { } nobody)
            return (Tone.Bad, ChatText.Plain(nobody.Text));
        var wait = usualWait is { } usual ? $" Usually answered in {Catalog.Durations.Human(usual)}." : "";
        var auto = analysis.Entitlement!.Approval.Auto is null ? "" : $" {analysis.AutoApproved.Why}";
        return (Tone.Waiting, ChatText.Of($"Needs {Say.Strong(Needs(directory, actor, analysis.Entitlement))}.{auto}{wait}"));
    }

    private static string Needs(PeopleDirectory directory, Actor actor, Entitlement entitlement) =>
        RuleText.Of(entitlement.Approval with { Auto = null }, actor.Email, directory);
}
