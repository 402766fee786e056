using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>What a person acts upon: a message they see, a modal they have open, or their home tab. Callers hold the gate.</summary>
internal sealed class Target
{
    private readonly Workspace _workspace;
    private readonly string _person;

    private Target(Workspace workspace, string person) => (_workspace, _person) = (workspace, person);

    public Conversation? Where { get; private init; }
    public Message? Message { get; private init; }
    public OpenView? View { get; private init; }
    public JsonArray? Blocks => Message?.Blocks ?? View?.Blocks;
    public InputState Inputs => View?.Inputs ?? Message!.InputsOf(_person);

    public static Target Of(ControlRequest request, Workspace workspace, string person)
    {
        if (request.Text("view_id") is { } id)
        {
            var view = workspace.Views.GetValueOrDefault(id);
            if (view is null || view.User != person) throw new ControlFault($"{person} has no view {id} open.");
            return new Target(workspace, person) { View = view };
        }
        var where = request.Conversation(workspace, person);
        var ts = request.Need("ts");
        var message = where.Find(ts);
        if (message is null || !message.IsVisibleTo(person)) throw new ControlFault($"{person} sees no message {ts} in {where.Id}.");
        return new Target(workspace, person) { Where = where, Message = message };
    }

    /// <summary>The element with that action id, as <c>block_id</c> narrows it.</summary>
    public (JsonObject Block, JsonObject Element) Find(string? blockId, string actionId) => BlockWalk.Find(Blocks, blockId, actionId)
        ?? throw new ControlFault($"There is no element \"{actionId}\"{(blockId is null ? "" : $" in block \"{blockId}\"")} here; "
            + $"there are: {string.Join(", ", BlockWalk.Elements(Blocks).Select(e => (string?)e.Element["action_id"]))}.");

    public JsonArray? Offered(string blockId, string actionId) => View is not null
        ? View.Offered.GetValueOrDefault((blockId, actionId))
        : _workspace.Offered.GetValueOrDefault((Where!.Id, Message!.Ts, blockId, actionId));

    public void Offer(string blockId, string actionId, JsonArray options)
    {
        if (View is not null) View.Offered[(blockId, actionId)] = options;
        else _workspace.Offered[(Where!.Id, Message!.Ts, blockId, actionId)] = options;
    }

    /// <summary>Adds what says where it happened: container, and view or message with channel and state.</summary>
    public void Describe(JsonObject payload, Payloads payloads)
    {
        if (View is not null)
        {
            payload["container"] = new JsonObject { ["type"] = "view", ["view_id"] = View.Id };
            payload["view"] = payloads.View(View);
            return;
        }
        var container = new JsonObject
        {
            ["type"] = "message", ["message_ts"] = Message!.Ts, ["channel_id"] = Where!.Id, ["is_ephemeral"] = Message.EphemeralTo is not null,
        };
        if (Message.ThreadTs is not null) container["thread_ts"] = Message.ThreadTs;
        payload["container"] = container;
        payload["channel"] = new JsonObject { ["id"] = Where.Id, ["name"] = Where.Name };
        // the message itself is missing for ephemeral sources
        if (Message.EphemeralTo is null) payload["message"] = payloads.Message(Message);
        payload["state"] = new JsonObject { ["values"] = Inputs.ToJson() };
    }
}
