using JitBroker.Audit;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>Opens forms for who may send them. Whoever could not is told so at once, before they write for nothing; that is an event.</summary>
public sealed class OpenForms(
    ChatService chat, ChatEmergencies emergencies, RequestReader reader, FillRequestForm fill, LatelyAsked lately, UsualWaits waits, Refusals refusals)
{
    /// <summary>The form "Request access", with all that this person may ask for.</summary>
    public async Task<ChatForm> RequestAsync(Actor actor, RequestDraft draft, CancellationToken cancellationToken)
    {
        var usual = draft.Entitlement is { } name ? await waits.OfAsync(name, cancellationToken) : null;
        return RequestAccessForm.Of(fill.Of(actor, draft, usual), fill.Search(actor, "", await lately.RecentAsync(actor.Email, cancellationToken)));
    }

    /// <summary>The same, filled like an earlier request of this person.</summary>
    public async Task<Outcome<ChatForm>> AgainAsync(Actor actor, string requestId, CancellationToken cancellationToken)
    {
        var draft = await chat.AgainAsync(actor, requestId, cancellationToken);
        return draft.Refusal is { } refusal ? refusal : await RequestAsync(actor, draft.Value!, cancellationToken);
    }

    public async Task<Outcome<ChatForm>> DenyAsync(Actor actor, string requestId, CancellationToken cancellationToken) =>
        await ObjectionToDecideAsync(actor, requestId, cancellationToken) is { } objection ? objection : await DecidingAsync(DenyForm.Name, requestId, cancellationToken);

    public async Task<Outcome<ChatForm>> ApproveLessAsync(Actor actor, string requestId, CancellationToken cancellationToken) =>
        await ObjectionToDecideAsync(actor, requestId, cancellationToken) is { } objection ? objection : await DecidingAsync(ApproveLessForm.Name, requestId, cancellationToken);

    public async Task<Outcome<ChatForm>> BreakGlassAsync(Actor actor, EmergencyDraft draft, CancellationToken cancellationToken)
    {
        var form = await emergencies.FormAsync(actor, draft, cancellationToken);
        if (form.Refusal is not { } refusal)
            return EmergencyAccessForm.Of(form.Value!);
        return await refusals.RecordAsync(actor, "request.break_glass", null, draft.Entitlement, refusal, cancellationToken);
    }

    /// <summary>From an own request that waits.</summary>
    public async Task<Outcome<ChatForm>> EscalateAsync(Actor actor, string requestId, CancellationToken cancellationToken)
    {
        var draft = await emergencies.EscalateAsync(actor, requestId, cancellationToken);
        return draft.Refusal is { } refusal ? refusal : await BreakGlassAsync(actor, draft.Value!, cancellationToken);
    }

    public async Task<Outcome<ChatForm>> ReviewAsync(Actor actor, string grantId, CancellationToken cancellationToken)
    {
        if (await emergencies.ObjectionToReviewAsync(actor, grantId, cancellationToken) is { } objection)
            return await refusals.RecordAsync(actor, "grant.review", null, Ids.IsId(grantId) ? grantId : null, objection, cancellationToken);
        var grant = (await reader.FindGrantAsync(grantId, cancellationToken))!;
        return ReviewForm.Of((await chat.StoryAsync(grant.Grant.RequestId, cancellationToken))!, grantId);
    }

    /// <summary>A form that was sent and comes back, before what was entered is put into it; or why it does not open any more. The refusal that sent it back is written down already.</summary>
    public async Task<Outcome<ChatForm>> ReopenAsync(Actor actor, string form, string about, FormValues entered, CancellationToken cancellationToken)
    {
        switch (form)
        {
            case DenyForm.Name or ApproveLessForm.Name:
                return await chat.ObjectionToDecideAsync(actor, about, cancellationToken) is { } objection ? objection : await DecidingAsync(form, about, cancellationToken);
            case ReviewForm.Name:
                if (await emergencies.ObjectionToReviewAsync(actor, about, cancellationToken) is { } no)
                    return no;
                return ReviewForm.Of((await chat.StoryAsync((await reader.FindGrantAsync(about, cancellationToken))!.Grant.RequestId, cancellationToken))!, about);
            case EmergencyAccessForm.Name:
                var emergency = await emergencies.FormAsync(actor, EmergencyAccessForm.Read(entered, about).Draft, cancellationToken);
                return emergency.Refusal is { } refusal ? refusal : EmergencyAccessForm.Of(emergency.Value!);
            default:
                return await RequestAsync(actor, RequestAccessForm.Read(entered), cancellationToken);
        }
    }

    /// <summary>Only for one who has a say: the form tells what it is about.</summary>
    private async Task<ChatForm> DecidingAsync(string form, string requestId, CancellationToken cancellationToken)
    {
        var story = (await chat.StoryAsync(requestId, cancellationToken))!;
        return form == DenyForm.Name ? DenyForm.Of(story) : ApproveLessForm.Of(LessChoices.Of(story));
    }

    private async Task<Refusal?> ObjectionToDecideAsync(Actor actor, string requestId, CancellationToken cancellationToken) =>
        await chat.ObjectionToDecideAsync(actor, requestId, cancellationToken) is { } objection
            ? await refusals.RecordAsync(actor, "request.decide", Ids.IsId(requestId) ? requestId : null, null, objection, cancellationToken)
            : null;
}
