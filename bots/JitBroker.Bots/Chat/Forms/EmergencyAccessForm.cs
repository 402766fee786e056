using JitBroker.Catalog;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>The form "Emergency access": what it means stands above everything, and the name is typed, so that nobody takes it by a slip.</summary>
public static class EmergencyAccessForm
{
    public const string Name = "breakglass";

    private const int NameLength = 80;
    private const int ReasonLength = RequestAccessForm.ReasonLength - EmergencyAnalysis.IncidentLength - 2;

    public static ChatForm Of(EmergencyForm form) => new(
        Name,
        "Emergency access",
        form.Draft.Escalates ?? "",
        "Take it now",
        [
            new FormPart.Text(form.Consequences, Tone.Alarm, "consequences"),
            new FormPart.Field(EmergencyForm.Entitlement, "What do you need?", new FieldInput.Choice(form.Entitlements, form.Chosen)),
            new FormPart.Field(EmergencyForm.Duration, "For how long?", new FieldInput.Choice(form.Durations, form.ChosenDuration)) { Hint = "It starts now and ends by itself. It can be extended once, with a second person." },
            new FormPart.Field(EmergencyForm.Incident, "Incident", new FieldInput.Words(EmergencyAnalysis.IncidentLength, form.Draft.Incident, "INC-77")) { IsOptional = true },
            new FormPart.Field(EmergencyForm.Reason, "What is happening?", new FieldInput.Words(ReasonLength, form.Draft.Reason, "What is down, and what will you do?", IsLong: true)),
            new FormPart.Field(EmergencyForm.Confirm, "Type the name of what you take", new FieldInput.Words(NameLength, null, form.Chosen?.Value ?? "orders-db:admin")) { Hint = "As it stands in brackets above, so that nobody takes it by a slip." },
        ]);

    /// <summary>What was entered, and the name typed to confirm.</summary>
    /// <param name="about">The request it escalates; empty: none.</param>
    public static (EmergencyDraft Draft, string Typed) Read(FormValues entered, string about)
    {
        var typed = entered.Word(EmergencyForm.Duration);
        var isReadable = Durations.TryParse(typed, out var duration, out var problem);
        var draft = new EmergencyDraft(
            entered.Word(EmergencyForm.Entitlement),
            typed is not null && isReadable ? duration : null,
            entered.Text(EmergencyForm.Incident),
            entered.Text(EmergencyForm.Reason) ?? "",
            about.Length > 0 ? about : null,
            typed is null || isReadable ? null : problem);
        return (draft, entered.Text(EmergencyForm.Confirm) ?? "");
    }
}
