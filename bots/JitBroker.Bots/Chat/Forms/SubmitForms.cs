using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>What came of a form that was sent.</summary>
/// <param name="Faults">By field; empty: it took effect.</param>
/// <param name="Reply">What to say when it took effect.</param>
public sealed record FormSent(IReadOnlyDictionary<string, string> Faults, ChatReply Reply)
{
    /// <summary>A no, said at a field.</summary>
    public static FormSent At(string field, string fault) => new(new Dictionary<string, string>(StringComparer.Ordinal) { [field] = fault }, ChatReply.Silent);

    internal static FormSent Of(ChatReply reply, string field) =>
        reply.Refusal is { } refusal ? At(field, refusal.Text) : new FormSent(new Dictionary<string, string>(StringComparer.Ordinal), reply);
}

/// <summary>Sends forms: what was entered becomes an order to the use case, and each fault comes back at its field.</summary>
public sealed class SubmitForms(ChatService chat, ChatEmergencies emergencies)
{
    /// <summary>What a form is about to do, for the event of a refusal.</summary>
    public static string AttemptOf(string form) => form switch
    {
        DenyForm.Name or ApproveLessForm.Name => "request.decide",
        EmergencyAccessForm.Name => "request.break_glass",
        ReviewForm.Name => "grant.review",
        _ => "request.submit",
    };

    /// <summary>Where a no is said that is about no field.</summary>
    public static string FieldOf(string form) => form switch
    {
        DenyForm.Name => DenyForm.Reason,
        ApproveLessForm.Name => ApproveLessForm.Duration,
        EmergencyAccessForm.Name => EmergencyForm.Entitlement,
        ReviewForm.Name => ReviewForm.Comment,
        _ => RequestAccessForm.Entitlement,
    };

    /// <summary>Whether it decides, so that the account must be certain.</summary>
    public static bool Decides(string form) => form is not RequestAccessForm.Name;

    /// <param name="form">Its name; of an unknown one null comes back.</param>
    /// <param name="about">What it says it is about: a look-up key.</param>
    /// <param name="together">Commits with the effect.</param>
    public async Task<FormSent?> HandleAsync(Actor actor, string form, string about, FormValues entered, Func<Session, CancellationToken, Task> together, CancellationToken cancellationToken) => form switch
    {
        RequestAccessForm.Name => await RequestAsync(actor, RequestAccessForm.Read(entered), together, cancellationToken),
        DenyForm.Name => FormSent.Of(await chat.DenyAsync(actor, about, entered.Text(DenyForm.Reason) ?? "", (s, _, token) => together(s, token), cancellationToken), DenyForm.Reason),
        ApproveLessForm.Name => FormSent.Of(await chat.ApproveForLessAsync(actor, about, ApproveLessForm.Read(entered), (s, _, token) => together(s, token), cancellationToken), ApproveLessForm.Duration),
        EmergencyAccessForm.Name => await TakeAsync(actor, about, entered, together, cancellationToken),
        ReviewForm.Name => await ReviewAsync(actor, ReviewForm.Read(entered, about), together, cancellationToken),
        _ => null,
    };

    private async Task<FormSent> RequestAsync(Actor actor, RequestDraft draft, Func<Session, CancellationToken, Task> together, CancellationToken cancellationToken)
    {
        if (draft.Faults.Count > 0)
            return new FormSent(draft.Faults, ChatReply.Silent);
        var reply = await chat.AskAsync(actor, draft, (s, _, token) => together(s, token), cancellationToken);

        // Every fault at once, each at its field; the analysis is the one that refused.
        return reply.Refusal is { } refusal
            ? new FormSent(DraftRequest.FaultsOf(chat.FaultsOf(actor, draft).Prepend(refusal)), ChatReply.Silent)
            : FormSent.Of(reply, RequestAccessForm.Entitlement);
    }

    private async Task<FormSent> TakeAsync(Actor actor, string about, FormValues entered, Func<Session, CancellationToken, Task> together, CancellationToken cancellationToken)
    {
        var (draft, typed) = EmergencyAccessForm.Read(entered, about);
        var (faults, taken) = await emergencies.TakeAsync(actor, draft, typed, (s, _, token) => together(s, token), cancellationToken);
        return new FormSent(taken is null ? faults : new Dictionary<string, string>(StringComparer.Ordinal), ChatReply.Silent);
    }

    private async Task<FormSent> ReviewAsync(Actor actor, Reviews.ReviewOrder order, Func<Session, CancellationToken, Task> together, CancellationToken cancellationToken)
    {
        var reply = await emergencies.ReviewAsync(actor, order, (s, _, token) => together(s, token), cancellationToken);
        return FormSent.Of(reply, reply.Refusal?.Field == ReviewForm.Verdict ? ReviewForm.Verdict : ReviewForm.Comment);
    }
}
