using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>The body of a control call. What it names must exist; a sentence says what does not.</summary>
internal sealed class ControlRequest(JsonObject body)
{
    private const int MaxBody = 1 << 20;

    public JsonObject Body => body;

    public static async Task<ControlRequest?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync(ct);
        return text.Length <= MaxBody && Wire.Parse(text) is JsonObject o ? new ControlRequest(o) : null;
    }

    public string? Text(string name) => Wire.Text(body[name]);

    public string Need(string name) => Text(name) ?? throw new ControlFault($"\"{name}\" is missing or not a string.");

    public bool Flag(string name) => Wire.Flag(body[name]);

    public int Number(string name, int otherwise) => body[name] is JsonValue v && v.GetValueKind() == JsonValueKind.Number && v.TryGetValue<int>(out var n) ? n : otherwise;

    /// <summary>The acting person, by id or handle.</summary>
    public string Person(Workspace workspace, string name = "person")
    {
        var given = Need(name);
        if (workspace.People.ContainsKey(given)) return given;
        return workspace.People.Values.FirstOrDefault(p => p.Handle == given)?.Id
            ?? throw new ControlFault($"Nobody here is called \"{given}\"; there are {string.Join(", ", workspace.People.Values.Select(p => p.Handle))}.");
    }

    /// <summary>A conversation that the person can see, by id or channel name.</summary>
    public Conversation Conversation(Workspace workspace, string person)
    {
        var given = Need("conversation").TrimStart('#');
        var found = workspace.Conversations.GetValueOrDefault(given) ?? workspace.Conversations.Values.FirstOrDefault(c => c.Name == given && c.Kind != ConversationKind.Direct);
        return found is not null && found.IsVisibleTo(person) ? found : throw new ControlFault($"{person} sees no conversation \"{given}\".");
    }
}

/// <summary>A control call that makes no sense as asked; its message is the answer.</summary>
internal sealed class ControlFault(string message) : Exception(message);
