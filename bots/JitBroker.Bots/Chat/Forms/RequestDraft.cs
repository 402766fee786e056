using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>An ask on its way: what was given so far and what is wrong with it, by field (<c>entitlement duration reason starts</c>).</summary>
/// <param name="Entitlement">Or the name of a bundle; null: not chosen yet.</param>
public sealed record RequestDraft(string? Entitlement, TimeSpan? Duration, string Reason, DateTimeOffset? StartsAt, IReadOnlyDictionary<string, string> Faults)
{
    public static RequestDraft Empty { get; } = new(null, null, "", null, new Dictionary<string, string>(StringComparer.Ordinal));
}

/// <summary>Turns what was typed or entered into an ask: complete, or a draft for the form. In memory only.</summary>
public sealed class DraftRequest(SubmitRequest submit)
{
    /// <summary>Complete iff entitlement and duration were given, a reason too where one is needed, and the analysis finds no fault.</summary>
    public (RequestDraft Draft, bool IsComplete) Of(Actor actor, ChatCommand.Ask ask)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        TimeSpan? duration = null;
        if (ask.Duration is { } word)
        {
            if (Durations.TryParse(word, out var parsed, out var problem))
                duration = parsed;
            else
                faults["duration"] = problem;
        }

        var draft = new RequestDraft(ask.Entitlement, duration, ask.Reason, null, faults);
        if (ask.Entitlement is null)
            return (draft, false);
        var analyses = Analyse(actor, draft);
        foreach (var refusal in analyses.SelectMany(a => a.Refusals))
        {
            // What was not given yet is not a fault; the form asks for it.
            var isMissing = refusal.Code == Codes.ReasonRequired && ask.Reason.Length == 0;
            if (!isMissing)
                faults.TryAdd(refusal.Field ?? "entitlement", refusal.Text);
        }

        var isComplete = duration is not null && faults.Count == 0 && analyses.All(a => a.Allowed);
        return (draft, isComplete);
    }

    /// <summary>One, or one for each entitlement of a bundle.</summary>
    public IReadOnlyList<RequestAnalysis> Analyse(Actor actor, RequestDraft draft) => submit.Analyse(actor, OrderOf(actor, draft));

    /// <summary>What submitting it would ask for.</summary>
    public SubmitOrder OrderOf(Actor actor, RequestDraft draft)
    {
        var name = draft.Entitlement ?? "";
        return new SubmitOrder(name, submit.IsBundle(actor, name), draft.Duration, draft.Reason, draft.StartsAt);
    }

    /// <summary>Each refusal at the field at fault.</summary>
    public static Dictionary<string, string> FaultsOf(IEnumerable<Refusal> refusals)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var refusal in refusals)
            faults.TryAdd(refusal.Field is "duration" or "reason" or "starts" ? refusal.Field : "entitlement", refusal.Text);
        return faults;
    }
}
