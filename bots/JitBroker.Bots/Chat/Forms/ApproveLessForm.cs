namespace JitBroker.Bots.Chat;

/// <summary>A yes to less than was asked: the form that asks how much. The use case sees to it that nothing gets wider.</summary>
public static class ApproveLessForm
{
    public const string Name = "approve_less";

    /// <summary>Free text; what is typed wins over the choice above it.</summary>
    public const string Duration = "duration";

    public const string Preset = "preset";

    private const int LongestTyped = 40;

    public static ChatForm Of(LessChoices choices)
    {
        var hasPresets = choices.Presets.Count > 0;
        var parts = new List<FormPart> { new FormPart.Text(choices.About) };
        if (hasPresets)
            parts.Add(new FormPart.Field(Preset, "For how long?", new FieldInput.Choice(choices.Presets, choices.Chosen)));
        parts.Add(new FormPart.Field(Duration, hasPresets ? "Or another duration" : "For how long?", new FieldInput.Words(LongestTyped, null, "For example 45m"))
        {
            IsOptional = hasPresets,
            Hint = $"At most {choices.Asked}{(hasPresets ? ", and instead of the choice above" : "")}. It starts when it is approved and ends by itself.",
        });
        return new ChatForm(Name, "Approve for less", choices.RequestId, "Approve", parts);
    }

    /// <summary>What was entered, as it stands there: the typed text, else the preset.</summary>
    public static string Read(FormValues entered) => entered.Word(Duration) ?? entered.Word(Preset) ?? "";
}
