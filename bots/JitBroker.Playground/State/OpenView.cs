using System.Text.Json.Nodes;

namespace JitBroker.Playground.State;

/// <summary>A modal that a person has open, or their home tab.</summary>
internal sealed class OpenView
{
    public required string Id { get; init; }
    public required string User { get; init; }
    public required string RootId { get; init; }
    public string? PreviousId { get; init; }
    public required JsonObject Definition { get; set; }
    public required InputState Inputs { get; set; }
    public required string Hash { get; set; }

    /// <summary>What stands at the fields after the app refused a submit, by block id.</summary>
    public Dictionary<string, string> Errors { get; } = new(StringComparer.Ordinal);

    /// <summary>What stands above the buttons when the app failed.</summary>
    public string? Notice { get; set; }

    /// <summary>Options the app offered for an external select, by block and action id.</summary>
    public Dictionary<(string Block, string Action), JsonArray> Offered { get; } = [];

    public bool IsHome => (string?)Definition["type"] == "home";
    public string? ExternalId => Wire.Text(Definition["external_id"]) is { Length: > 0 } id ? id : null;
    public JsonArray Blocks => (JsonArray)Definition["blocks"]!;

    public void Replace(JsonObject definition, string hash)
    {
        Definition = definition;
        Hash = hash;
        Inputs = Inputs.CarriedOver(Blocks);
        Errors.Clear();
        Notice = null;
    }
}
