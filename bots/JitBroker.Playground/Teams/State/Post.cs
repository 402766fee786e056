using System.Text.Json.Nodes;

namespace JitBroker.Playground.Teams.State;

/// <summary>One message: by a person, or by the bot with its cards.</summary>
internal sealed class Post
{
    public required string Id { get; init; }
    public required string From { get; init; }
    public bool IsByBot { get; init; }

    /// <summary>The first message of its thread; null for such a one, and outside channels.</summary>
    public string? Root { get; init; }
    public DateTimeOffset At { get; init; }
    public string Text { get; set; } = "";

    /// <summary><c>markdown</c>, <c>plain</c> or <c>xml</c>: how <see cref="Text"/> is read.</summary>
    public string TextFormat { get; set; } = "plain";
    public string? Summary { get; set; }

    /// <summary>The card that everybody sees who has no view of their own.</summary>
    public JsonObject? Card { get; set; }
    public bool IsEdited { get; set; }
    public bool IsDeleted { get; set; }

    /// <summary>Grows with each change of the card, so that an answer to an older one is known.</summary>
    public int Version { get; set; } = 1;

    /// <summary>What the bot answered to one person's press or refresh: the card that this person alone sees.</summary>
    public Dictionary<string, JsonObject> Views { get; } = new(StringComparer.Ordinal);

    /// <summary>What stands under the card for one person after a press.</summary>
    public Dictionary<string, Note> Notes { get; } = new(StringComparer.Ordinal);

    /// <summary>What each person has entered in this card and not sent, by person: input id → text.</summary>
    public Dictionary<string, JsonObject> Inputs { get; } = new(StringComparer.Ordinal);

    public JsonObject? CardOf(string person) => Views.GetValueOrDefault(person) ?? Card;

    public JsonObject InputsOf(string person)
    {
        if (!Inputs.TryGetValue(person, out var inputs)) Inputs[person] = inputs = [];
        return inputs;
    }

    /// <summary>The bot changed the message: all views of single people are gone, as in Teams.</summary>
    public void Replace(string text, string format, string? summary, JsonObject? card)
    {
        (Text, TextFormat, Summary, Card, IsEdited) = (text, format, summary, card, true);
        Version++;
        Views.Clear();
        Notes.Clear();
    }
}

/// <summary>A line under a card, for one person.</summary>
internal sealed record Note(string Text, bool IsError);
