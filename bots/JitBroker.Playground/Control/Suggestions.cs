using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>Typing into an external select: asks the app for options.</summary>
internal sealed class Suggestions(Workspace workspace, Payloads payloads, IAppDelivery app)
{
    /// <summary><c>{person, view_id | conversation+ts, block_id?, action_id, value}</c> → <c>{ok, options | option_groups}</c>.</summary>
    public async Task<ControlAnswer> AskAsync(ControlRequest request, CancellationToken ct)
    {
        AppDelivery delivery;
        Target target;
        string blockId, actionId;
        lock (workspace.Gate)
        {
            var person = request.Person(workspace);
            target = Target.Of(request, workspace, person);
            var (block, element) = target.Find(request.Text("block_id"), request.Need("action_id"));
            (blockId, actionId) = ((string)block["block_id"]!, (string)element["action_id"]!);
            if (Wire.Text(element["type"]) is not ("external_select" or "multi_external_select")) throw new ControlFault($"\"{actionId}\" does not ask for options.");
            var typed = request.Text("value") ?? "";
            var least = element["min_query_length"] is JsonValue v && v.TryGetValue<int>(out var n) ? n : 3;
            if (typed.Length < least) return ControlAnswer.Done(("options", new JsonArray()), ("min_query_length", least));
            var payload = payloads.Interaction("block_suggestion", person, withTrigger: false);
            target.Describe(payload, payloads);
            payload["action_id"] = actionId;
            payload["block_id"] = blockId;
            payload["value"] = typed;
            delivery = payloads.Interactive(payload);
        }
        var outcome = await app.DeliverAsync(delivery, ct);
        if (!outcome.Ok) return ControlAnswer.From(outcome);
        if (outcome.Json is not { } answer) return ControlAnswer.From(outcome, "The app's options are not a JSON object.");
        if (ViewShapes.FaultsOfOptions(answer) is { Count: > 0 } faults) return ControlAnswer.From(outcome, string.Join(' ', faults));
        var all = new JsonArray([.. BlockWalk.Options(answer).Select(o => o.DeepClone())]);
        lock (workspace.Gate) target.Offer(blockId, actionId, all);
        return ControlAnswer.Done(("options", answer["options"]?.DeepClone()), ("option_groups", answer["option_groups"]?.DeepClone()), ("delivery", outcome.Id));
    }
}
