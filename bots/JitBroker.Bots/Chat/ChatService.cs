using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>What the person who acted is told, in private; null: what changed says it itself.</summary>
/// <param name="Refusal">Set when it was a no.</param>
/// <param name="Ending">The grant whose end is not verified yet, for who would tell that too.</param>
/// <param name="Asked">The request that was made and waits, for who would tell where its card stands.</param>
public sealed record ChatReply(ChatMessage? Message, Refusal? Refusal = null, string? Ending = null, string? Asked = null)
{
    public static ChatReply Silent { get; } = new(Message: null);

    /// <summary>The same answer with a link to the request's card.</summary>
    public static ChatMessage SeeIt(ChatMessage answer, string requestId, Uri card)
    {
        var button = new ChatButton(ChatActions.SeeIt, "See it", requestId, Link: card);
        return answer with { Parts = [.. answer.Parts.Select(p => p is ChatPart.Actions actions ? actions with { Buttons = [button, .. actions.Buttons] } : p)] };
    }

    public static implicit operator ChatReply(ChatMessage message) => new(message);

    public static implicit operator ChatReply(Refusal refusal) => new(Refused.Of(refusal), refusal);
}

/// <summary>
/// What chat can do, on every surface alike: each method finds what is meant, calls the use case that the API calls too, and says what came of it.
/// <c>together</c> commits with the effect, so that a delivery worked on twice has its effect once.
/// </summary>
public sealed class ChatService(
    SubmitRequest submit, DraftRequest drafts, DecideRequest decide, CancelRequest cancel, EndGrant end, RequestReader reader, References references, Lists lists,
    ReadStory stories, UsualWaits waits, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    public Task<ChatMessage> MineAsync(Actor actor, CancellationToken cancellationToken) => lists.MineAsync(actor, cancellationToken);

    public Task<ChatMessage> PendingAsync(Actor actor, CancellationToken cancellationToken) => lists.PendingAsync(actor, cancellationToken);

    public ChatMessage WhoAmI(Actor actor) => Help.WhoAmI(catalogs.Directory, actor);

    /// <summary>Makes a request, or all of a bundle, from a complete draft.</summary>
    public async Task<ChatReply> AskAsync(Actor actor, RequestDraft draft, CommitWith<Submitted>? together, CancellationToken cancellationToken)
    {
        var outcome = await submit.HandleAsync(actor, drafts.OrderOf(actor, draft), together, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        var (summaries, parts) = (new List<ChatText>(), new List<ChatPart>());
        foreach (var (request, analysis) in outcome.Value!.Requests.Zip(outcome.Value.Analyses))
        {
            summaries.Add(ChatText.Of($"Asked for {Say.Strong(analysis.Entitlement!.Title)} for {Say.Strong(Durations.Human(request.Duration))}."));
            parts.AddRange(await AskedAsync(actor, request, analysis, summaries[^1], cancellationToken));
        }

        var waiting = outcome.Value.Requests.Where(r => r.IsPending).ToList();
        return new ChatReply(new ChatMessage(ChatText.Join(" ", summaries), parts), Asked: waiting.Count == 1 ? waiting[0].Id : null);
    }

    /// <summary>Where the approval card of a request was posted for a channel to see; null until then, or when its approvers are told one by one.</summary>
    public Task<PostedCopy?> CardInChannelAsync(string surface, string requestId, CancellationToken cancellationToken) => stories.CardInChannelAsync(surface, requestId, cancellationToken);

    /// <summary>Everything that is wrong with a draft, so that a form can show it all at once.</summary>
    public IReadOnlyList<Refusal> FaultsOf(Actor actor, RequestDraft draft) => [.. drafts.Analyse(actor, draft).SelectMany(a => a.Refusals)];

    /// <summary>Why this person may have it or not; a name that is hidden from them reads as one that does not exist.</summary>
    public async Task<ChatReply> WhyAsync(Actor actor, string? entitlement, CancellationToken cancellationToken)
    {
        if (entitlement is null)
            return new Refusal(Codes.InvalidValue, "Say what: /access why ENTITLEMENT. The form of /access request shows what you may ask for.");
        if (await submit.ExplainAsync(actor, entitlement, cancellationToken) is { } why)
            return Help.Why(why);
        return submit.Analyse(actor, new SubmitOrder(entitlement, IsBundle: false, null, ""))[0].Refusal!;
    }

    /// <summary>Says yes. The card tells it; <paramref name="isCardFar"/> when the press came from somewhere that is not edited.</summary>
    public async Task<ChatReply> ApproveAsync(Actor actor, string requestId, bool isCardFar, CommitWith<Decided>? together, CancellationToken cancellationToken)
    {
        var outcome = await decide.HandleAsync(actor, new DecideOrder(requestId, Approve: true), together, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        if (!isCardFar)
            return ChatReply.Silent;
        return outcome.Value!.Grant is null
            ? ChatMessage.Sentence("Your approval counts; others must approve too.")
            : ChatMessage.Sentence("Approved. Its asker has been told.");
    }

    /// <summary>Says yes to less than was asked; what was typed is a duration, or is refused as the field's fault.</summary>
    public async Task<ChatReply> ApproveForLessAsync(Actor actor, string requestId, string typed, CommitWith<Decided>? together, CancellationToken cancellationToken)
    {
        if (!Durations.TryParse(typed, out var duration, out var problem))
        {
            // Whether one has a say at all comes first (contract §4).
            var refused = await ObjectionToDecideAsync(actor, requestId, cancellationToken) ?? new Refusal(Codes.InvalidDuration, problem, "duration");
            return await refusals.RecordAsync(actor, "request.decide", Ids.IsId(requestId) ? requestId : null, null, refused, cancellationToken);
        }

        var outcome = await decide.HandleAsync(actor, new DecideOrder(requestId, Approve: true, Duration: duration), together, cancellationToken);
        return outcome.Refusal is { } refusal ? refusal : ChatReply.Silent;
    }

    public async Task<ChatReply> DenyAsync(Actor actor, string requestId, string reason, CommitWith<Decided>? together, CancellationToken cancellationToken)
    {
        var outcome = await decide.HandleAsync(actor, new DecideOrder(requestId, Approve: false, reason), together, cancellationToken);
        return outcome.Refusal is { } refusal ? refusal : ChatReply.Silent;
    }

    /// <summary>Withdraws a request by id, prefix or entitlement; null: the only one that waits.</summary>
    public async Task<ChatReply> WithdrawAsync(Actor actor, string? reference, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        var found = await references.OwnRequestAsync(actor.Email, reference, cancellationToken);
        if (found.Refusal is { } unclear)
            return unclear;
        var outcome = await cancel.HandleAsync(actor, found.Value!.Id, together, cancellationToken);
        return outcome.Refusal is { } refusal
            ? refusal
            : ChatMessage.Sentence(ChatText.Of($"Withdrawn: {Say.Strong(TitleOf(found.Value.Entitlement))}. Those who were asked see it on the card."));
    }

    /// <summary>Ends this person's own access; null: the only one.</summary>
    public async Task<ChatReply> DoneAsync(Actor actor, string? reference, CommitWith<EndRequested>? together, CancellationToken cancellationToken)
    {
        var found = await references.OwnGrantAsync(actor.Email, reference, cancellationToken);
        if (found.Refusal is { } unclear)
            return unclear;
        if (found.Value!.Grant.Holder != actor.Email)
            return new Refusal(Codes.NotTheHolder, "That access is not yours. To end somebody else's, say why: /access revoke GRANT REASON.");
        return await EndAsync(actor, found.Value.Grant, null, together, cancellationToken);
    }

    /// <summary>Ends somebody's access, with a reason.</summary>
    public async Task<ChatReply> RevokeAsync(Actor actor, string? reference, string reason, CommitWith<EndRequested>? together, CancellationToken cancellationToken)
    {
        if (reference is null)
            return new Refusal(Codes.InvalidValue, "Say which access and why: /access revoke GRANT REASON.");
        var found = await references.AnyGrantAsync(actor.Email, reference, cancellationToken);
        return found.Refusal is { } unclear ? unclear : await EndAsync(actor, found.Value!.Grant, reason, together, cancellationToken);
    }

    /// <summary>How the holder gets the credential; it never stands in chat (rule 11).</summary>
    public async Task<ChatReply> HowToCollectAsync(Actor actor, string grantId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var grant = (await reader.FindGrantAsync(grantId, actor.Email, cancellationToken))?.Grant;
        if (Collecting.Objection(catalogs.Directory, grant, actor, grantId, now) is { } objection)
            return objection;
        return ChatMessage.Sentence(ChatText.Of(
            $"A credential never stands in chat. Collect opened its page in your browser; in a terminal it is {Say.Code("jit creds " + grant!.Entitlement)} (sign in once with {Say.Code("jit login")}). It is good until {Say.Time(grant.EndsAt, now)}."));
    }

    /// <summary>Why this person could not decide it now, so that nobody fills in a form for nothing; null when they can.</summary>
    public async Task<Refusal?> ObjectionToDecideAsync(Actor actor, string requestId, CancellationToken cancellationToken)
    {
        if (await reader.FindAsync(requestId, cancellationToken) is not { } details)
            return new Refusal(Codes.NotFound, $"There is no request {Cut.To(Clean.Line(requestId) is { Length: > 0 } id ? id : "?", 40)}.");
        var bench = details.Bench;
        if (bench.Objection(actor.Email, !details.Request.IsPending) is { } objection)
            return objection;
        return bench.AlreadyDecidedBy(actor.Email) ?? (details.Request.IsPending ? null : SettledRefusal.Of(details.Request, bench.Directory));
    }

    /// <summary>A draft like an earlier request of this person.</summary>
    public async Task<Outcome<RequestDraft>> AgainAsync(Actor actor, string requestId, CancellationToken cancellationToken)
    {
        var found = await reader.FindAsync(requestId, actor.Email, cancellationToken);
        if (found is null || found.Request.Requester != actor.Email)
            return new Refusal(Codes.NotFound, "That request is not one of yours.");
        return RequestDraft.Empty with { Entitlement = found.Request.Entitlement, Duration = found.Request.Duration, Reason = found.Request.Reason };
    }

    public Task<RequestStory?> StoryAsync(string requestId, CancellationToken cancellationToken) => stories.HandleAsync(requestId, cancellationToken);

    private async Task<ChatReply> EndAsync(Actor actor, Grant grant, string? reason, CommitWith<EndRequested>? together, CancellationToken cancellationToken)
    {
        var outcome = await end.HandleAsync(actor, grant.Id, reason, together, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        var title = TitleOf(grant.Entitlement);
        if (outcome.Value!.HadEnded)
            return ChatMessage.Sentence(ChatText.Of($"{Say.Strong(title)} had ended already."));
        if (outcome.Value.Grant.HasEnded)
            return ChatMessage.Sentence(Ended(outcome.Value.Grant));
        var details = await reader.FindGrantAsync(grant.Id, cancellationToken);
        var (now, last) = (clock.GetUtcNow(), details?.AccessMayLastUntil);
        var said = last > now
            ? ChatText.Of($"Ending {Say.Strong(title)} now. What was handed out may still be honoured until {Say.Time(last.Value, now)}; it is not given out again.")
            : ChatText.Of($"Ending {Say.Strong(title)} now. The card says when that is verified.");
        return new ChatReply(ChatMessage.Sentence(said), Ending: grant.Id);
    }

    /// <summary>What is said once the end of a grant is verified; null until then.</summary>
    public async Task<ChatMessage?> EndedAsync(string grantId, CancellationToken cancellationToken) =>
        await reader.FindGrantAsync(grantId, cancellationToken) is { Grant: { HasEnded: true } ended } ? ChatMessage.Sentence(Ended(ended)) : null;

    private ChatText Ended(Grant grant)
    {
        var now = clock.GetUtcNow();
        return grant.VerifiedEndAt is { } at
            ? ChatText.Of($"Ended {Say.Strong(TitleOf(grant.Entitlement))}, verified {Say.Exact(at, now)}.")
            : ChatText.Of($"Ended {Say.Strong(TitleOf(grant.Entitlement))}.");
    }

    private async Task<IReadOnlyList<ChatPart>> AskedAsync(Actor actor, Request request, RequestAnalysis analysis, ChatText what, CancellationToken cancellationToken)
    {
        if (!request.IsPending)
            return [new ChatPart.Paragraph(ChatText.Of($"{what} {analysis.AutoApproved.Why}"))];
        var usual = await waits.OfAsync(request.Entitlement, cancellationToken) is { } wait ? $" Usually answered in {Durations.Human(wait)}." : "";
        var needs = RuleText.Of(analysis.Rule! with { Auto = null }, actor.Email, catalogs.Directory);
        return
        [
            new ChatPart.Paragraph(ChatText.Of($"{what} Needs {needs}.{usual}")),
            .. analysis.Entitlement!.Approval.Auto is null ? Array.Empty<ChatPart>() : [new ChatPart.Fine(ChatText.Plain(analysis.AutoApproved.Why))],
            new ChatPart.Actions([new ChatButton(ChatActions.Cancel, "Withdraw", request.Id)]),
        ];
    }

    private string TitleOf(string entitlement) => catalogs.Current.Entitlements.GetValueOrDefault(entitlement)?.Title ?? entitlement;
}
