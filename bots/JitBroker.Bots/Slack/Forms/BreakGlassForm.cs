using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Bots.Slack;

/// <summary>The form "Emergency access". Its metadata names the request it escalates, if any, and nothing more.</summary>
internal sealed class BreakGlassForm(ChatEmergencies chat, SlackPeople people, SlackCalls calls, PrivateAnswers answers, Refusals refusals)
{
    public const string CallbackId = "breakglass";

    private const int NameLength = 80;

    /// <summary>Who could take nothing is told so at once.</summary>
    public async Task OpenAsync(SlackDelivery delivery, Actor actor, EmergencyDraft draft, CancellationToken cancellationToken)
    {
        var form = await chat.FormAsync(actor, draft, cancellationToken);
        if (form.Refusal is { } refusal)
        {
            await refusals.RecordAsync(actor, "request.break_glass", null, draft.Entitlement, refusal, cancellationToken);
            await answers.SayAsync(delivery, Refused.Of(refusal), replaceOriginal: false, cancellationToken);
            return;
        }

        if (await calls.OpenViewAsync(delivery.TriggerId ?? "", View(form.Value!), cancellationToken) is not SlackReply.Ok)
            await answers.SayAsync(delivery, Refused.TookTooLong(), replaceOriginal: false, cancellationToken);

        // Asked now, so that the submission finds the account checked and need not wait for Slack.
        await people.ResolveAsync(delivery, "chat.breakglass", Assurance.Asked, cancellationToken);
    }

    /// <summary>From an own request that waits.</summary>
    public async Task EscalateAsync(SlackDelivery delivery, Actor actor, string requestId, CancellationToken cancellationToken)
    {
        var draft = await chat.EscalateAsync(actor, requestId, cancellationToken);
        if (draft.Refusal is { } refusal)
            await answers.SayAsync(delivery, Refused.Of(refusal), replaceOriginal: false, cancellationToken);
        else
            await OpenAsync(delivery, actor, draft.Value!, cancellationToken);
    }

    /// <summary>What was entered, chosen or typed; and the name typed to confirm.</summary>
    public static (EmergencyDraft Draft, string Typed) Entered(JsonObject? view)
    {
        var entered = Either(view, EmergencyForm.Duration);
        var isReadable = Durations.TryParse(entered, out var duration, out var problem);
        var draft = new EmergencyDraft(
            Either(view, EmergencyForm.Entitlement),
            entered is not null && isReadable ? duration : null,
            FormState.Text(view, EmergencyForm.Incident),
            FormState.Text(view, EmergencyForm.Reason) ?? "",
            view.Text("private_metadata") is { Length: > 0 } escalated ? escalated : null,
            entered is null || isReadable ? null : problem);
        return (draft, FormState.Text(view, EmergencyForm.Confirm) ?? "");
    }

    internal static ModalView View(EmergencyForm form)
    {
        var what = new StaticSelect(RequestView.ActionId, [.. form.Entitlements.Select(RequestView.Option)]) { InitialOption = form.Chosen is { } chosen ? RequestView.Option(chosen) : null };
        var howLong = new StaticSelect(RequestView.ActionId, [.. form.Durations.Take(Limits.SelectOptions).Select(RequestView.Option)]) { InitialOption = form.ChosenDuration is { } usual ? RequestView.Option(usual) : null };
        var incident = new PlainTextInput(RequestView.ActionId)
        {
            MaxLength = Policy.EmergencyAnalysis.IncidentLength, InitialValue = Shown(form.Draft.Incident, Policy.EmergencyAnalysis.IncidentLength), Placeholder = MessageRenderer.Plain("INC-77", Limits.Placeholder),
        };
        var why = new PlainTextInput(RequestView.ActionId)
        {
            Multiline = true, MaxLength = RequestFormDesk.ReasonLength - Policy.EmergencyAnalysis.IncidentLength - 2, InitialValue = Shown(form.Draft.Reason, RequestFormDesk.ReasonLength - Policy.EmergencyAnalysis.IncidentLength - 2),
            Placeholder = MessageRenderer.Plain("What is down, and what will you do?", Limits.Placeholder),
        };
        var confirm = new PlainTextInput(RequestView.ActionId) { MaxLength = NameLength, Placeholder = MessageRenderer.Plain(form.Chosen?.Value ?? "orders-db:admin", Limits.Placeholder) };
        return new ModalView(
            CallbackId,
            Modal.Title("Emergency access"),
            [
                new SectionBlock(new MrkdwnText($"{MessageRenderer.Sign(Tone.Alarm)} {Mrkdwn.Of(form.Consequences, Limits.SectionText - 40)}")) { BlockId = "consequences" },
                Input("What do you need?", what, EmergencyForm.Entitlement),
                Input("For how long?", howLong, EmergencyForm.Duration) with { Hint = Label("It starts now and ends by itself. It can be extended once, with a second person.") },
                Input("Incident", incident, EmergencyForm.Incident) with { Optional = true },
                Input("What is happening?", why, EmergencyForm.Reason),
                Input("Type the name of what you take", confirm, EmergencyForm.Confirm) with { Hint = Label("As it stands in brackets above, so that nobody takes it by a slip.") },
            ])
        {
            Submit = Modal.Button("Take it now"),
            Close = Modal.Button("Cancel"),
            PrivateMetadata = Cut.To(form.Draft.Escalates ?? "", Limits.PrivateMetadata),
        };
    }

    private static InputBlock Input(string label, Element element, string block) => new(Label(label), element) { BlockId = block };

    private static TextObject Label(string text) => MessageRenderer.Plain(text, Limits.InputLabel);

    private static string? Shown(string? text, int limit) => Clean.Line(text ?? "") is { Length: > 0 } line ? Cut.To(line, limit) : null;

    private static string? Either(JsonObject? view, string block) => FormState.Option(view, block) ?? (FormState.Text(view, block) is { } typed && !string.IsNullOrWhiteSpace(typed) ? typed.Trim() : null);
}
