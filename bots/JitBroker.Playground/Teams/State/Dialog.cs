using System.Text.Json.Nodes;

namespace JitBroker.Playground.Teams.State;

/// <summary>A dialog (task module) that a person has open.</summary>
internal sealed class Dialog
{
    public required string Person { get; init; }
    public required Chat Where { get; init; }

    /// <summary>The message whose button or menu opened it; null: the composer did.</summary>
    public required string? PostId { get; init; }

    /// <summary>What an extension's submit repeats: its command and on what it was chosen. Null: a button opened it.</summary>
    public JsonObject? Extension { get; init; }
    public required string Title { get; set; }
    public JsonNode? Height { get; set; }
    public JsonNode? Width { get; set; }
    public required JsonObject Card { get; set; }
    public JsonObject Inputs { get; } = [];

    /// <summary>What the client found at the inputs, by id.</summary>
    public Dictionary<string, string> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>What stands above the buttons when the bot failed.</summary>
    public string? Notice { get; set; }

    /// <summary>Grows with each card, so that a page redraws.</summary>
    public int Step { get; set; } = 1;
}
