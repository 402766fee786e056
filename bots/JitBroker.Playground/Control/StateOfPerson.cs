using System.Text.Json.Nodes;
using JitBroker.Playground.Chaos;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Sockets;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>What one person sees. Callers hold the gate.</summary>
internal sealed class StateOfPerson(Workspace workspace, Payloads payloads, AppAddresses addresses, SocketHub hub, ChaosSwitch chaos)
{
    private const int Shown = 200;

    private PlaygroundOptions Options => workspace.Options;

    /// <param name="person">A person's id.</param>
    /// <param name="conversation">The only conversation whose messages are wanted; null: all.</param>
    public JsonObject Describe(string person, string? conversation)
    {
        var visible = workspace.Conversations.Values.Where(c => c.IsVisibleTo(person)).ToList();
        var messages = new JsonObject();
        foreach (var c in visible.Where(c => conversation is null || c.Id == conversation || c.Name == conversation && c.Kind != ConversationKind.Direct))
            messages[c.Id] = new JsonArray([.. c.Messages.Where(m => m.IsVisibleTo(person)).TakeLast(Shown).Select(m => Message(m, person))]);
        return new JsonObject
        {
            ["revision"] = workspace.Changes.Revision,
            ["team"] = new JsonObject { ["id"] = Options.TeamId, ["name"] = Options.TeamName, ["domain"] = Options.TeamDomain },
            ["app"] = App(),
            ["chaos"] = chaos.Describe(),
            ["me"] = Person(workspace.People[person]),
            ["people"] = new JsonArray([.. workspace.People.Values.Select(Person)]),
            ["channels"] = new JsonArray([.. visible.Where(c => c.Kind != ConversationKind.Direct).Select(c => Channel(c, person))]),
            ["directs"] = new JsonArray([.. visible.Where(c => c.Kind == ConversationKind.Direct).Select(c => Channel(c, person))]),
            ["messages"] = messages,
            ["modals"] = new JsonArray([.. workspace.ModalsOf(person).Select(View)]),
            ["home"] = workspace.Homes.TryGetValue(person, out var home) ? View(home) : null,
        };
    }

    private JsonObject App() => new()
    {
        ["id"] = Options.AppId,
        ["name"] = Options.AppName,
        ["user"] = Options.BotUserId,
        ["connected"] = hub.IsConnected || addresses.For(DeliveryKind.Event) is not null,
        ["sockets"] = hub.Open().Count,
        ["commands"] = new JsonArray([.. Options.Commands.Select(c => new JsonObject { ["command"] = c.Command, ["description"] = c.Description, ["usage_hint"] = c.UsageHint })]),
        ["shortcuts"] = new JsonArray([.. Options.Shortcuts.Select(s => new JsonObject { ["callback_id"] = s.CallbackId, ["name"] = s.Name, ["type"] = s.OnMessage ? "message" : "global" })]),
    };

    private JsonObject Person(PlaygroundPerson p) => new()
    {
        ["id"] = p.Id, ["handle"] = p.Handle, ["name"] = p.Name, ["title"] = p.Title, ["email"] = p.Email, ["team_id"] = p.TeamId ?? Options.TeamId,
        ["deleted"] = p.Deleted, ["is_bot"] = p.IsBot, ["foreign"] = p.TeamId is not null && p.TeamId != Options.TeamId,
        ["unread"] = workspace.Conversations.Values.Where(c => c.Kind == ConversationKind.Direct && c.Members.Contains(p.Id)).Sum(c => c.UnreadOf(p.Id)),
    };

    private static JsonObject Channel(Conversation c, string person) => new()
    {
        ["id"] = c.Id, ["name"] = c.Name, ["topic"] = c.Topic, ["is_private"] = c.Kind == ConversationKind.Private, ["is_ext_shared"] = c.IsExtShared,
        ["is_archived"] = c.IsArchived, ["members"] = new JsonArray([.. c.Members.Select(m => (JsonNode)m)]), ["unread"] = c.UnreadOf(person),
    };

    private static JsonObject Message(Message m, string person)
    {
        var json = new JsonObject
        {
            ["ts"] = m.Ts, ["user"] = m.User, ["from_app"] = m.FromApp, ["notice"] = m.IsNotice, ["text"] = m.Text, ["blocks"] = m.Blocks?.DeepClone(),
            ["edited"] = m.EditedTs, ["ephemeral"] = m.EphemeralTo is not null, ["thread_ts"] = m.ThreadTs,
        };
        if (m.Blocks is not null) json["state"] = new JsonObject { ["values"] = m.InputsOf(person).ToJson() };
        return json;
    }

    private JsonObject View(OpenView view)
    {
        var json = payloads.View(view);
        json["errors"] = new JsonObject(view.Errors.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, e.Value)));
        json["notice"] = view.Notice;
        return json;
    }
}
