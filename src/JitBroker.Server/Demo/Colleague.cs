using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Server.Demo;

/// <summary>
/// One person at the workspace's page, acting by the very calls the page makes: types, presses, reads. Knows nothing of the broker.
/// </summary>
internal sealed class Colleague(HttpClient workspace, string id)
{
    /// <summary>Types into a conversation; what begins with a slash is a command.</summary>
    /// <exception cref="TourException">The workspace shows the person an error.</exception>
    public Task TypeAsync(string conversation, string text, CancellationToken cancellationToken) =>
        PostAsync("playground/say", new JsonObject { ["person"] = id, ["conversation"] = conversation, ["text"] = text }, cancellationToken);

    /// <summary>Presses a button of a message.</summary>
    /// <exception cref="TourException">The workspace shows the person an error.</exception>
    public Task PressAsync(string conversation, Seen message, string actionId, string? value, CancellationToken cancellationToken)
    {
        var press = new JsonObject { ["person"] = id, ["conversation"] = conversation, ["ts"] = message.Ts, ["action_id"] = actionId };
        if (value is not null)
            press["value"] = value;
        return PostAsync("playground/act", press, cancellationToken);
    }

    /// <summary>Fills in and submits the form that has this field, once it is on the screen.</summary>
    /// <exception cref="TourException">It does not come, or is not accepted.</exception>
    public async Task SubmitAsync(string field, JsonObject values, CancellationToken cancellationToken)
    {
        await Looking.UntilAsync(
            async token => (await workspace.GetFromJsonAsync<JsonObject>($"playground/state?person={id}", token))?["modals"] is JsonArray { Count: > 0 } modals
                && modals[^1]!.ToJsonString().Contains($"\"block_id\":\"{field}\"", StringComparison.Ordinal) ? modals : null,
            () => $"No form with the field {field} opened for {id}.",
            cancellationToken);
        await PostAsync("playground/submit", new JsonObject { ["person"] = id, ["values"] = values }, cancellationToken);
    }

    /// <summary>Waits until a message is on this person's screen.</summary>
    /// <param name="what">For the error: what was expected.</param>
    /// <exception cref="TourException">It did not come.</exception>
    public Task<Seen> SeesAsync(string conversation, string what, Func<Seen, bool> wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<Seen> seen = [];
        return Looking.UntilAsync(
            async token => (seen = await ReadAsync(conversation, token)).LastOrDefault(wanted),
            () => $"{id} did not see {what} in {conversation}; the last message there is: {(seen.Count == 0 ? "nothing" : seen[^1].Everything)}",
            cancellationToken);
    }

    /// <summary>The messages of a conversation as this person sees them now.</summary>
    public async Task<IReadOnlyList<Seen>> ReadAsync(string conversation, CancellationToken cancellationToken)
    {
        var state = await workspace.GetFromJsonAsync<JsonObject>($"playground/state?person={id}&conversation={conversation}", cancellationToken);
        return state?["messages"]?[conversation] is JsonArray messages ? [.. messages.OfType<JsonObject>().Select(m => new Seen(m))] : [];
    }

    private async Task PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var answer = await workspace.PostAsJsonAsync(path, body, cancellationToken);
        var said = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        if (answer.StatusCode != HttpStatusCode.OK || said?["ok"]?.GetValue<bool>() != true)
            throw new TourException($"The workspace did not let {id} do that: {said?.ToJsonString()}");
    }
}

/// <summary>A message as it stands on the screen.</summary>
internal sealed class Seen(JsonObject message)
{
    public string Ts => (string)message["ts"]!;

    /// <summary>Everything that is written in it, for looking words up.</summary>
    public string Everything => message["text"] + " " + string.Join(' ', Texts(message["blocks"]));

    public bool Says(string words) => Everything.Contains(words, StringComparison.Ordinal);

    /// <summary>The value of a button, or null when there is none.</summary>
    public string? ButtonValue(string actionId) =>
        Looking.Nodes(message["blocks"]).OfType<JsonObject>().Where(n => (n["action_id"] as JsonValue)?.ToString() == actionId).Select(n => n["value"]?.ToString()).FirstOrDefault();

    private static IEnumerable<string> Texts(JsonNode? node) =>
        Looking.Nodes(node).OfType<JsonObject>().Select(n => n["text"]).OfType<JsonValue>().Select(v => v.ToString());
}

/// <summary>A step of the tour did not hold.</summary>
internal sealed class TourException(string message) : Exception(message)
{
    /// <exception cref="TourException">It is not so.</exception>
    public static void Unless(bool isSo, string otherwise)
    {
        if (!isSo)
            throw new TourException(otherwise);
    }
}
