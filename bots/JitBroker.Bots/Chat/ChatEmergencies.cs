using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>Emergency access in chat: taking it by the form, ending somebody else's, reviewing it, lifting what a review blocks.</summary>
public sealed class ChatEmergencies(
    TakeBreakGlass take, ReviewGrant review, LiftReview lift, EndGrant end, RequestReader reader, References references, CatalogHolder catalogs, BrokerLimits limits)
{
    /// <summary>Why the person who pressed <b>End it now</b> ended it, as its holder reads it.</summary>
    public const string EndedBecause = "Ended from the emergency card.";

    /// <summary>What the form offers; a refusal when there is nothing this person may take, or something keeps them from it.</summary>
    public async Task<Outcome<EmergencyForm>> FormAsync(Actor actor, EmergencyDraft draft, CancellationToken cancellationToken)
    {
        if (await take.BlockAsync(actor, cancellationToken) is { } blocked)
            return blocked;
        var takeable = take.Takeable(actor);
        if (draft.Entitlement is { } named && takeable.All(e => e.Name != named) && take.Analyse(actor, draft.ToOrder()).Refusal is { } no)
            return no;
        return takeable.Count == 0
            ? new Refusal(Codes.NotEligible, "You may take no emergency access now: it is for those on call. /access request asks for access, and those who decide are told at once.")
            : EmergencyForm.Of(takeable, limits, draft);
    }

    /// <summary>An own request that waits, as the form is filled when it is escalated.</summary>
    public async Task<Outcome<EmergencyDraft>> EscalateAsync(Actor actor, string requestId, CancellationToken cancellationToken)
    {
        var found = await reader.FindAsync(requestId, actor.Email, cancellationToken);
        if (found is null || found.Request.Requester != actor.Email)
            return new Refusal(Codes.NotFound, "That request is not one of yours.");
        if (!found.Request.IsPending)
            return SettledRefusal.Of(found.Request, found.Bench.Directory);
        return new EmergencyDraft(found.Request.Entitlement, null, null, found.Request.Reason, found.Request.Id);
    }

    /// <summary>Takes it. Faults come back by field; the name typed to confirm is one of them.</summary>
    public async Task<(IReadOnlyDictionary<string, string> Faults, Taken? Taken)> TakeAsync(
        Actor actor, EmergencyDraft draft, string typed, CommitWith<Taken>? together, CancellationToken cancellationToken)
    {
        var faults = Faults(take.Analyse(actor, draft.ToOrder()).Refusals);
        if (draft.DurationFault is { } unreadable)
            faults.TryAdd(EmergencyForm.Duration, unreadable);
        if (faults.Count == 0 && !string.Equals(typed.Trim(), draft.Entitlement, StringComparison.Ordinal))
            faults[EmergencyForm.Confirm] = $"Type {draft.Entitlement} here to take it.";
        if (faults.Count > 0)
            return (faults, null);
        var outcome = await take.HandleAsync(actor, draft.ToOrder(), together, cancellationToken);
        return outcome.Refusal is { } refusal ? (Faults([refusal]), null) : (faults, outcome.Value);
    }

    public async Task<ChatReply> EndNowAsync(Actor actor, string grantId, CommitWith<EndRequested>? together, CancellationToken cancellationToken)
    {
        var outcome = await end.HandleAsync(actor, grantId, EndedBecause, together, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        return outcome.Value!.HadEnded ? ChatMessage.Sentence("This had ended already.") : ChatReply.Silent;
    }

    /// <summary>Why this person could not review it now; null when they can.</summary>
    public Task<Refusal?> ObjectionToReviewAsync(Actor actor, string grantId, CancellationToken cancellationToken) => review.ObjectionAsync(actor, grantId, cancellationToken);

    /// <summary>By words. Null: something is missing, and the form asks for it.</summary>
    public async Task<(ChatReply? Reply, string? FormFor)> ReviewAsync(Actor actor, ChatCommand.Review command, CommitWith<Reviewed>? together, CancellationToken cancellationToken)
    {
        var found = await references.EmergencyAsync(actor.Email, command.Grant, cancellationToken);
        if (found.Refusal is { } unclear)
            return (unclear, null);
        var id = found.Value!.Grant.Id;
        if (command.Verdict is null || command.Comment.Length == 0)
            return (null, id);
        return (await ReviewAsync(actor, new ReviewOrder(id, command.Verdict.ToLowerInvariant(), command.Comment), together, cancellationToken), null);
    }

    public async Task<ChatReply> ReviewAsync(Actor actor, ReviewOrder order, CommitWith<Reviewed>? together, CancellationToken cancellationToken)
    {
        var outcome = await review.HandleAsync(actor, order, together, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        var others = outcome.Value!.Others == 0 ? "" : $" {outcome.Value.Others} more of its incident with it.";
        return ChatMessage.Sentence($"Reviewed: {Said(outcome.Value.Review.Verdict!)}.{others} Everybody who was told of it sees that on the card.");
    }

    public async Task<ChatReply> LiftAsync(Actor actor, ChatCommand.Lift command, CommitWith<Reviewed>? together, CancellationToken cancellationToken)
    {
        if (command.Grant is null)
            return new Refusal(Codes.InvalidValue, "Say which access and why: /access lift GRANT REASON.");
        var found = await references.EmergencyAsync(actor.Email, command.Grant, cancellationToken);
        if (found.Refusal is { } unclear)
            return unclear;
        var outcome = await lift.HandleAsync(actor, found.Value!.Grant.Id, command.Reason, together, cancellationToken);
        return outcome.Refusal is { } refusal
            ? refusal
            : ChatMessage.Sentence(ChatText.Of($"Lifted: {Say.Strong(catalogs.Directory.Find(outcome.Value!.Review.Invoker)?.Name ?? outcome.Value.Review.Invoker)} may take emergency access again. The review stays as it is."));
    }

    /// <summary>A verdict in words.</summary>
    internal static string Said(string verdict) => verdict.Replace('_', ' ');

    private static Dictionary<string, string> Faults(IEnumerable<Refusal> refusals)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var refusal in refusals)
            faults.TryAdd(refusal.Field is EmergencyForm.Duration or EmergencyForm.Incident or EmergencyForm.Reason ? refusal.Field : EmergencyForm.Entitlement, refusal.Text);
        return faults;
    }
}
