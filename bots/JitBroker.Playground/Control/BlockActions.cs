using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>Pressing, choosing and typing: keeps the state, and tells the app where Slack would.</summary>
internal sealed class BlockActions(Workspace workspace, Payloads payloads, IAppDelivery app)
{
    /// <summary>
    /// <c>{person, view_id | conversation+ts, block_id?, action_id, value?, quiet?, override?}</c>. <c>quiet</c> only remembers what is typed;
    /// <c>override</c> changes fields of the action as a hostile client would. Slack does not retry these.
    /// </summary>
    public async Task<ControlAnswer> ActAsync(ControlRequest request, CancellationToken ct)
    {
        AppDelivery? delivery;
        lock (workspace.Gate) delivery = Prepare(request);
        if (delivery is null) return ControlAnswer.Done(("delivered", false));
        var outcome = await app.DeliverAsync(delivery, ct);
        workspace.Changed();
        return ControlAnswer.From(outcome);
    }

    private AppDelivery? Prepare(ControlRequest request)
    {
        var person = request.Person(workspace);
        var target = Target.Of(request, workspace, person);
        var (block, element) = target.Find(request.Text("block_id"), request.Need("action_id"));
        var blockId = (string)block["block_id"]!;
        var given = request.Body["value"];
        var action = Action(block, element, given);
        if (InputKind.Of(element) is { } kind)
        {
            var actionId = (string)element["action_id"]!;
            var state = kind.Entered(element, target.Offered(blockId, actionId), given, out var problem);
            if (problem is not null) throw new ControlFault(problem);
            target.Inputs.Set(blockId, actionId, state);
            if (request.Flag("quiet")) return null;
            target.View?.Errors.Remove(blockId);
            workspace.Changed();
            foreach (var (name, value) in state) action[name] = value?.DeepClone();
            if (Wire.Text(block["type"]) == "input" && !Wire.Flag(block["dispatch_action"])) return null;
        }
        foreach (var (name, value) in request.Body["override"] as JsonObject ?? []) action[name] = value?.DeepClone();
        var payload = payloads.Interaction("block_actions", person);
        target.Describe(payload, payloads);
        if (target.Message is { } message) payload["response_url"] = payloads.ResponseUrl("actions", target.Where!, person, message.Ts);
        payload["actions"] = new JsonArray(action);
        return payloads.Interactive(payload);
    }

    private JsonObject Action(JsonObject block, JsonObject element, JsonNode? given)
    {
        var type = (string)element["type"]!;
        var action = new JsonObject
        {
            ["type"] = type, ["block_id"] = block["block_id"]!.DeepClone(), ["action_id"] = element["action_id"]!.DeepClone(), ["action_ts"] = workspace.NextTs(),
        };
        foreach (var name in (string[])(type == "button" ? ["text", "value", "style"] : ["placeholder"]))
            if (element[name] is { } kept) action[name] = kept.DeepClone();
        if (type == "overflow")
            action["selected_option"] = BlockWalk.Options(element).FirstOrDefault(o => Wire.Text(o["value"]) == Wire.Text(given))?.DeepClone()
                ?? throw new ControlFault($"There is no option \"{given}\" in this menu.");
        return action;
    }
}
