using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Bots.Teams;

/// <summary>Dialogs: <c>task/fetch</c>, or a command of <see cref="TeamsExtension"/>, opens a form, and the submit that belongs to it sends it; what is wrong comes back in the form, at its field, with everything that was entered.</summary>
internal sealed class TeamsDialogs(ChatPresses presses, OpenForms forms, SubmitForms submissions, CopyKeeper copies, TeamsPeople people, InboxStore inbox)
{
    /// <summary>Who could not send the form is told so instead. It changes nothing, but for a copy that nobody knew and that becomes true (E6).</summary>
    public async Task<TeamsAnswer> OpenAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var offset = FormData.OffsetOf(activity);
        var pressed = FormData.Of(activity.Value.At("data"), verb: null, offset);
        var who = await people.ResolveAsync(activity, ChatPresses.AttemptOf(pressed.Verb), Assurance.Known, cancellationToken);
        if (who.Refusal is { } stranger)
            return DialogAnswers.Refused(stranger);
        if (PressedCard.Of(activity, pressed.Origin) is { } message)
            await copies.NoteAsync(message, who.Value!, pressed.Verb, pressed.Id, cancellationToken);
        var form = await FormAsync(who.Value!, pressed, cancellationToken);
        return form.Refusal is { } refusal ? DialogAnswers.Refused(refusal) : DialogAnswers.Form(form.Value!, offset);
    }

    /// <summary>From the composer, or from a message: then what it says and where it stands is the reason to begin with.</summary>
    public async Task<TeamsAnswer> OpenExtensionAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var who = await people.ResolveAsync(activity, "chat.form", Assurance.Known, cancellationToken);
        if (who.Refusal is { } stranger)
            return DialogAnswers.Refused(stranger);
        if (!TeamsExtension.Has(activity.Value.Text("commandId")))
            return DialogAnswers.Refused(UnknownForm());
        var draft = MessageReason.DraftOf(MessageText.Plain(activity.Value.At("messagePayload", "body")), activity.Value.Text("messagePayload", "linkToMessage"));
        return DialogAnswers.Form(await forms.RequestAsync(who.Value!, draft, cancellationToken), FormData.OffsetOf(activity));
    }

    public async Task<TeamsAnswer> SendAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var offset = FormData.OffsetOf(activity);
        var sent = FormData.Of(activity.Value.At("data"), verb: null, offset);
        var who = await people.ResolveAsync(activity, SubmitForms.AttemptOf(sent.Verb), sent.Verb != FormCard.Check && SubmitForms.Decides(sent.Verb) ? Assurance.Certain : Assurance.Known, cancellationToken);
        if (who.Refusal is { } stranger)
            return DialogAnswers.Refused(stranger);
        if (sent.Verb == FormCard.Check)
            return DialogAnswers.Form(await forms.RequestAsync(who.Value!, RequestAccessForm.Read(sent.Entered), cancellationToken), offset);
        var outcome = await submissions.HandleAsync(
            who.Value!, sent.Verb, FormNames.AboutOf(sent), sent.Entered, (session, token) => inbox.FinishAsync(session, activity.DeliveryId, TeamsAnswer.Empty.ToStored(), token), cancellationToken);
        if (outcome is null)
            return DialogAnswers.Refused(UnknownForm());
        if (outcome.Faults.Count == 0)
            return outcome.Reply.Message is { } said ? DialogAnswers.Said(said.Summary) : TeamsAnswer.Empty;

        // A form that could not even be opened any more says why, in the place of its faults.
        var again = await forms.ReopenAsync(who.Value!, sent.Verb, FormNames.AboutOf(sent), sent.Entered, cancellationToken);
        return again.Refusal is { } refusal ? DialogAnswers.Refused(refusal) : DialogAnswers.Form(again.Value!.Answered(sent.Entered, outcome.Faults), offset);
    }

    private async Task<Outcome<ChatForm>> FormAsync(Actor actor, FormData pressed, CancellationToken cancellationToken)
    {
        // A button may bring along what was typed already.
        if (pressed.Verb is RequestAccessForm.Name || (pressed.Verb == ChatActions.RequestAccess && pressed.IsForm))
            return await forms.RequestAsync(actor, RequestAccessForm.Read(pressed.Entered), cancellationToken);
        if (pressed.Verb == EmergencyAccessForm.Name)
            return await forms.BreakGlassAsync(actor, EmergencyAccessForm.Read(pressed.Entered, FormNames.AboutOf(pressed)).Draft, cancellationToken);
        return await presses.FormAsync(actor, pressed.Verb, pressed.Id, cancellationToken) ?? UnknownForm();
    }

    private static Refusal UnknownForm() => new(Codes.InvalidRequest, "I don't know that form. help shows what you can type.");
}
