using JitBroker.Catalog;

namespace JitBroker.Bots.Chat;

/// <summary>The form "Request access".</summary>
public static class RequestAccessForm
{
    public const string Name = "request";
    public const string Entitlement = "entitlement";
    public const string Duration = "duration";
    public const string Reason = "reason";
    public const string Starts = "starts";
    public const string Title = "Request access";

    /// <summary>Longest reason the form takes, as the submit does.</summary>
    public const int ReasonLength = 2000;

    /// <param name="offered">What this person may ask for, for surfaces that must be told beforehand.</param>
    public static ChatForm Of(RequestForm form, IReadOnlyList<FormOption> offered) => new(
        Name,
        Title,
        null,
        "Ask",
        [
            Field(form, Entitlement, "What do you need?", new FieldInput.Search(offered, form.Chosen, "Type to search")) with { IsLive = true },
            Field(form, Duration, "For how long?", new FieldInput.Choice(form.Durations, form.Duration)) with { IsLive = true, Hint = "It starts when it is approved and ends by itself." },
            Field(form, Reason, "Why?", new FieldInput.Words(ReasonLength, form.Reason, form.ReasonHint, IsLong: true)) with { IsOptional = !form.IsReasonRequired },
            Field(form, Starts, "Start later", new FieldInput.Moment(form.StartsAt)) with { IsOptional = true },
            new FormPart.Text(form.Who, form.WhoTone, "who"),
        ]);

    /// <summary>What was entered; a duration or start that is none is a fault at its field.</summary>
    public static RequestDraft Read(FormValues entered)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        TimeSpan? duration = null;
        if (entered.Text(Duration) is { } text)
        {
            if (Durations.TryParse(text, out var parsed, out var problem))
                duration = parsed;
            else
                faults[Duration] = problem;
        }

        var starts = entered.Moment(Starts, out var isReadable);
        if (!isReadable)
            faults[Starts] = "That is no date and time. Choose one, or leave it empty to start when it is approved.";
        return new RequestDraft(entered.Text(Entitlement), duration, entered.Text(Reason) ?? "", starts, faults);
    }

    private static FormPart.Field Field(RequestForm form, string name, string label, FieldInput input) => new(name, label, input) { Fault = form.Faults.GetValueOrDefault(name) };
}
