using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Control;

/// <summary>What one person sees of the tenant. Callers hold the gate.</summary>
internal sealed class TeamsState(Tenant tenant)
{
    private const int Shown = 200;

    /// <param name="person">A <c>29:</c> id.</param>
    /// <param name="conversation">The only conversation whose messages are wanted, by id, name or <c>personal</c>; null: all.</param>
    public JsonObject Describe(string person, string? conversation)
    {
        var visible = tenant.Chats.Values.Where(c => c.Members.Contains(person)).ToList();
        var messages = new JsonObject();
        foreach (var chat in visible.Where(c => conversation is null || c.Id == conversation || (c.Kind == ChatKind.Personal ? conversation == "personal" : c.Name == conversation)))
            messages[chat.Id] = new JsonArray([.. chat.Posts.TakeLast(Shown).Select(p => Message(p, person))]);
        return new JsonObject
        {
            ["revision"] = tenant.Revision,
            ["tenant"] = tenant.Options.TenantId.ToString(),
            ["team"] = new JsonObject { ["id"] = tenant.TeamId, ["name"] = tenant.Options.TeamName, ["has_app"] = tenant.IsInTeam },
            ["app"] = new JsonObject { ["id"] = tenant.BotId, ["name"] = tenant.Options.AppName, ["connected"] = tenant.MessagesUrl is not null, ["commands"] = Commands(), ["extensions"] = Extensions() },
            ["me"] = Person(tenant.People[person]),
            ["people"] = new JsonArray([.. tenant.People.Values.Select(Person)]),
            ["chats"] = new JsonArray([.. visible.Select(c => Chat(c, person))]),
            ["messages"] = messages,
            ["dialog"] = tenant.Dialogs.TryGetValue(person, out var dialog) ? Dialog(dialog) : null,
        };
    }

    private JsonArray Commands() => new([.. tenant.Options.Commands.Select(c => new JsonObject { ["title"] = c.Title, ["description"] = c.Description })]);

    private JsonArray Extensions() => new([.. tenant.Options.Extensions.Select(e => new JsonObject { ["id"] = e.Id, ["title"] = e.Title, ["on_message"] = e.OnMessage })]);

    private JsonObject Person(PlaygroundTeamsPerson p) => new()
    {
        ["id"] = p.Id, ["object_id"] = p.ObjectId.ToString(), ["handle"] = p.Handle, ["name"] = p.Name, ["title"] = p.Title, ["email"] = p.Email,
        ["foreign"] = p.TenantId is not null && p.TenantId != tenant.Options.TenantId, ["role"] = p.Role, ["unread"] = tenant.PersonalOf(p.Id)?.UnreadOf(p.Id) ?? 0,
    };

    private JsonObject Chat(Chat c, string person) => new()
    {
        ["id"] = c.Id, ["kind"] = c.Type, ["name"] = c.Name, ["topic"] = c.Topic, ["has_app"] = tenant.HasBot(c), ["members"] = new JsonArray([.. c.Members.Select(m => (JsonNode)m)]),
        ["unread"] = c.UnreadOf(person),
    };

    private static JsonObject Message(Post p, string person)
    {
        var card = p.CardOf(person);
        return new JsonObject
        {
            ["id"] = p.Id, ["from"] = p.From, ["from_app"] = p.IsByBot, ["at"] = p.At.ToUnixTimeMilliseconds(), ["root"] = p.Root, ["text"] = p.Text, ["text_format"] = p.TextFormat, ["summary"] = p.Summary,
            ["card"] = card?.DeepClone(), ["own_view"] = p.Views.ContainsKey(person), ["inputs"] = card is null ? null : p.InputsOf(person).DeepClone(), ["edited"] = p.IsEdited, ["deleted"] = p.IsDeleted,
            ["note"] = p.Notes.TryGetValue(person, out var note) ? new JsonObject { ["text"] = note.Text, ["is_error"] = note.IsError } : null,
        };
    }

    private static JsonObject Dialog(Dialog d) => new()
    {
        ["title"] = d.Title, ["height"] = d.Height?.DeepClone(), ["width"] = d.Width?.DeepClone(), ["card"] = d.Card.DeepClone(), ["inputs"] = d.Inputs.DeepClone(), ["step"] = d.Step,
        ["errors"] = new JsonObject(d.Errors.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, e.Value))), ["notice"] = d.Notice,
    };
}
