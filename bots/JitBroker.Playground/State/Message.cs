using System.Text.Json.Nodes;

namespace JitBroker.Playground.State;

/// <summary>One message of a conversation. <see cref="EphemeralTo"/> says who alone can see it.</summary>
internal sealed class Message
{
    public required string Ts { get; init; }
    public required string User { get; init; }
    public bool FromApp { get; init; }
    public string Text { get; set; } = "";
    public JsonArray? Blocks { get; set; }
    public string? EditedTs { get; set; }
    public string? EphemeralTo { get; init; }
    public string? ThreadTs { get; init; }
    public JsonObject? Metadata { get; set; }

    /// <summary>True for Slackbot's own notices, such as a command's failure.</summary>
    public bool IsNotice { get; init; }

    /// <summary>What each person has typed or chosen in this message and not sent, by person.</summary>
    public Dictionary<string, InputState> Inputs { get; } = new(StringComparer.Ordinal);

    public bool IsVisibleTo(string person) => EphemeralTo is null || EphemeralTo == person;

    public InputState InputsOf(string person)
    {
        if (!Inputs.TryGetValue(person, out var state))
            Inputs[person] = state = InputState.Initial(Blocks);
        return state;
    }

    /// <summary>Replaces the content; what people had typed stays where the same input is still there.</summary>
    public void Replace(string text, JsonArray? blocks)
    {
        Text = text;
        Blocks = blocks;
        foreach (var person in Inputs.Keys.ToList()) Inputs[person] = Inputs[person].CarriedOver(blocks);
    }
}
