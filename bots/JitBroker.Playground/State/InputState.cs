using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;

namespace JitBroker.Playground.State;

/// <summary>
/// <c>state.values</c> of a view or message: block id → action id → what is entered, null where nothing is. Holds every element that can hold a
/// value, also in actions and section blocks, as Slack sends it.
/// </summary>
internal sealed class InputState
{
    private readonly JsonObject _values;

    private InputState(JsonObject values) => _values = values;

    /// <summary>A copy in the wire's form.</summary>
    public JsonObject ToJson() => (JsonObject)_values.DeepClone();

    public JsonObject? Get(string blockId, string actionId) => _values[blockId]?[actionId] as JsonObject;

    public static InputState Initial(JsonArray? blocks) => Build(blocks, static (_, _, initial) => initial);

    /// <summary>The state after the blocks changed: kept where block id, action id and type are the same, initial elsewhere.</summary>
    public InputState CarriedOver(JsonArray? blocks) => Build(blocks, (blockId, actionId, initial) =>
        Get(blockId, actionId) is { } old && Wire.Text(old["type"]) == Wire.Text(initial["type"]) ? (JsonObject)old.DeepClone() : initial);

    public void Set(string blockId, string actionId, JsonObject value)
    {
        if (_values[blockId] is not JsonObject block) _values[blockId] = block = new JsonObject();
        block[actionId] = value;
    }

    

    private static InputState Build(JsonArray? blocks, Func<string, string, JsonObject, JsonObject> choose)
    {
        var values = new JsonObject();
        foreach (var (block, element) in BlockWalk.Elements(blocks))
        {
            if (InputKind.Of(element) is not { } kind) continue;
            var blockId = Wire.Text(block["block_id"]) ?? "";
            var actionId = Wire.Text(element["action_id"]) ?? "";
            if (values[blockId] is not JsonObject of) values[blockId] = of = new JsonObject();
            of[actionId] = choose(blockId, actionId, kind.InitialState(element));
        }
        return new InputState(values);
    }
}
