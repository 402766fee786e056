namespace JitBroker.Bots.Chat;

/// <summary>A form, surface-neutral: what it asks, what is filled in, and what is wrong with it where it is wrong.</summary>
/// <param name="Name">What it is called on the wire (contract §5).</param>
/// <param name="About">What it is about: a look-up key that goes through the person's client; null: nothing yet.</param>
/// <param name="Submit">The button that sends it.</param>
public sealed record ChatForm(string Name, string Title, string? About, string Submit, IReadOnlyList<FormPart> Parts)
{
    /// <summary>The form as it comes back: what was entered is kept, and each fault stands at its field.</summary>
    public ChatForm Answered(FormValues entered, IReadOnlyDictionary<string, string> faults) => this with
    {
        Parts = [.. Parts.Select(p => p is FormPart.Field field ? field with { Input = field.Input.Filled(entered, field.Name), Fault = faults.GetValueOrDefault(field.Name) } : p)],
    };
}

/// <summary>A part of a form.</summary>
public abstract record FormPart
{
    private FormPart()
    {
    }

    /// <summary>Something said between the fields.</summary>
    /// <param name="Tone">Set where it says how it stands.</param>
    /// <param name="Name">What it is called on the wire, where that matters.</param>
    public sealed record Text(ChatText Said, Tone? Tone = null, string? Name = null) : FormPart;

    /// <summary>What a person wrote, shown inert.</summary>
    public sealed record Verbatim(string Label, string Said) : FormPart;

    public sealed record Field(string Name, string Label, FieldInput Input) : FormPart
    {
        public bool IsOptional { get; init; }

        public string? Hint { get; init; }

        public string? Fault { get; init; }

        /// <summary>What the form says elsewhere depends on it.</summary>
        public bool IsLive { get; init; }
    }
}

/// <summary>How a field is filled in.</summary>
public abstract record FieldInput
{
    private FieldInput()
    {
    }

    public sealed record Choice(IReadOnlyList<FormOption> Options, FormOption? Chosen) : FieldInput;

    /// <summary>A choice among many, found by typing.</summary>
    /// <param name="Options">For surfaces that must be told all of them beforehand; others ask while a person types.</param>
    public sealed record Search(IReadOnlyList<FormOption> Options, FormOption? Chosen, string Placeholder) : FieldInput;

    /// <param name="Value">What is filled in; null: nothing.</param>
    public sealed record Words(int MaxLength, string? Value = null, string? Placeholder = null, bool IsLong = false) : FieldInput;

    /// <param name="Entered">What was entered instead, where that is none.</param>
    public sealed record Moment(DateTimeOffset? Chosen, string? Entered = null) : FieldInput;

    internal FieldInput Filled(FormValues entered, string name) => this switch
    {
        Choice choice => choice with { Chosen = choice.Options.FirstOrDefault(o => o.Value == entered.Text(name)) },
        Search search => search with { Chosen = search.Options.FirstOrDefault(o => o.Value == entered.Text(name)) ?? (search.Chosen?.Value == entered.Text(name) ? search.Chosen : null) },
        Words words => words with { Value = entered.Text(name) },
        Moment => new Moment(entered.Moment(name, out var isReadable), isReadable ? null : entered.Text(name)),
        _ => throw new InvalidOperationException($"{GetType().Name} cannot be filled in."),
    };
}
