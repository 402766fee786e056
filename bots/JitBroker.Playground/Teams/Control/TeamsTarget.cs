using System.Text.Json.Nodes;
using JitBroker.Playground.Control;
using JitBroker.Playground.Teams.Cards;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Control;

/// <summary>What a control call means in the tenant. Callers hold the gate.</summary>
internal static class TeamsTarget
{
    /// <summary>The acting person: by <c>29:</c> id, object id or handle.</summary>
    public static string Person(this ControlRequest request, Tenant tenant)
    {
        var given = request.Need("person");
        return tenant.Find(given)?.Id ?? throw new ControlFault($"Nobody in the tenant is called \"{given}\"; there are {string.Join(", ", tenant.People.Values.Select(p => p.Handle))}.");
    }

    /// <summary>A chat that the person is in: by id, by channel name, or <c>personal</c> for the one with the bot.</summary>
    public static Chat Chat(this ControlRequest request, Tenant tenant, string person)
    {
        var given = request.Need("conversation").TrimStart('#');
        var found = given == "personal" ? tenant.PersonalOf(person) : tenant.Locate(given).Chat ?? tenant.Chats.Values.FirstOrDefault(c => c.Name == given && c.Kind != ChatKind.Personal);
        return found is not null && found.Members.Contains(person) ? found : throw new ControlFault($"{person} sees no conversation \"{given}\".");
    }

    public static Post Post(this ControlRequest request, Chat chat)
    {
        var id = request.Need("id");
        return chat.Find(id) is { IsDeleted: false } post ? post : throw new ControlFault($"There is no message {id} in {chat.Id}.");
    }

    /// <summary>
    /// The action that is pressed: by <c>verb</c> (its own, or the one in its data), <c>title</c> or <c>index</c>; or <c>action</c>, a whole one that the client never got,
    /// as a card of yesterday or a hostile client has it.
    /// </summary>
    public static CardAction Action(this ControlRequest request, JsonObject card)
    {
        if (request.Body["action"] is JsonObject raw) return new CardAction(raw, []);
        var all = CardWalk.Actions(card).ToList();
        var found = request.Text("verb") is { } verb ? all.Find(a => VerbOf(a.Action) == verb)
            : request.Text("title") is { } title ? all.Find(a => Wire.Text(a.Action["title"]) == title)
            : all.ElementAtOrDefault(request.Number("index", 0));
        return found ?? throw new ControlFault($"There is no such action here; there are: {string.Join(", ", all.Select(a => $"{Wire.Text(a.Action["title"])} ({VerbOf(a.Action)})"))}.");
    }

    public static string? VerbOf(JsonObject action) => Wire.Text(action["verb"]) ?? (action["data"] is JsonObject data ? Wire.Text(data["verb"]) : null);

    /// <summary>Remembers what is entered; each must be an input of the card.</summary>
    public static void Enter(this ControlRequest request, JsonObject card, JsonObject entered)
    {
        foreach (var (id, value) in request.Body["inputs"] as JsonObject ?? [])
        {
            if (!CardWalk.Elements(card).Any(e => Wire.Text(e["id"]) == id)) throw new ControlFault($"This card has no input \"{id}\".");
            entered[id] = value?.DeepClone();
        }
    }

    /// <summary>What the bot gets: the action's data with what the inputs hold merged into it, as Teams does.</summary>
    public static JsonNode Data(this ControlRequest request, CardAction action, JsonObject entered)
    {
        if (action.Action["data"] is JsonValue text) return text.DeepClone();
        var data = action.Action["data"]?.DeepClone() as JsonObject ?? [];
        if (Wire.Text(action.Action["associatedInputs"])?.Equals("none", StringComparison.OrdinalIgnoreCase) != true)
            foreach (var input in action.Inputs)
                if (CardInput.Value(input, entered) is { } value) data[Wire.Text(input["id"])!] = value;
        foreach (var (name, value) in request.Body["override"] as JsonObject ?? []) data[name] = value?.DeepClone();
        return data;
    }

    /// <summary>What the client finds at the inputs that would be sent; empty with <c>force</c>.</summary>
    public static Dictionary<string, string> Faults(this ControlRequest request, CardAction action, JsonObject entered)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        if (request.Flag("force") || Wire.Text(action.Action["associatedInputs"])?.Equals("none", StringComparison.OrdinalIgnoreCase) == true) return faults;
        foreach (var input in action.Inputs)
            if (CardInput.Fault(input, entered) is { } what) faults[Wire.Text(input["id"])!] = what;
        return faults;
    }
}
