using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Server.Demo;

/// <summary>One person at the tenant's side of the page, acting by the very calls the page makes. Knows nothing of the broker.</summary>
internal sealed class TeamsColleague(HttpClient workspace, string handle)
{
    /// <summary>The chat with the bot.</summary>
    public const string Personal = "personal";

    /// <summary>Types into a conversation; in a channel the bot hears what mentions it.</summary>
    /// <exception cref="TourException">The tenant shows the person an error.</exception>
    public Task TypeAsync(string conversation, string text, CancellationToken cancellationToken) =>
        PostAsync("say", new JsonObject { ["person"] = handle, ["conversation"] = conversation, ["text"] = text }, cancellationToken);

    /// <summary>Presses a button of a card.</summary>
    /// <exception cref="TourException">There is no such button, or the bot did not answer.</exception>
    public Task PressAsync(string conversation, TeamsSeen message, string verb, CancellationToken cancellationToken) =>
        PostAsync("act", new JsonObject { ["person"] = handle, ["conversation"] = conversation, ["id"] = message.Id, ["verb"] = verb }, cancellationToken);

    /// <summary>Presses a button that a card of earlier had, as a client does that was slow to draw the new one.</summary>
    /// <returns>What the card says now to this person, and what stands at its foot.</returns>
    /// <exception cref="TourException">The bot did not answer.</exception>
    public async Task<string> PressOldAsync(string conversation, TeamsSeen message, string verb, string id, CancellationToken cancellationToken)
    {
        var action = new JsonObject { ["type"] = "Action.Execute", ["title"] = verb, ["verb"] = verb, ["data"] = new JsonObject { ["id"] = id } };
        await PostAsync("act", new JsonObject { ["person"] = handle, ["conversation"] = conversation, ["id"] = message.Id, ["action"] = action }, cancellationToken);
        return (await SeesAsync(conversation, "the card", m => m.Id == message.Id, cancellationToken)).Everything;
    }

    /// <summary>Waits until a message is on this person's screen.</summary>
    /// <param name="what">For the error: what was expected.</param>
    /// <exception cref="TourException">It did not come.</exception>
    public Task<TeamsSeen> SeesAsync(string conversation, string what, Func<TeamsSeen, bool> wanted, CancellationToken cancellationToken)
    {
        IReadOnlyList<TeamsSeen> seen = [];
        return Looking.UntilAsync(
            async token => (seen = await ReadAsync(conversation, token)).LastOrDefault(wanted),
            () => $"{handle} did not see {what} in {conversation} of Teams; the last message there is: {(seen.Count == 0 ? "nothing" : seen[^1].Everything)}",
            cancellationToken);
    }

    private async Task<IReadOnlyList<TeamsSeen>> ReadAsync(string conversation, CancellationToken cancellationToken)
    {
        var state = await workspace.GetFromJsonAsync<JsonObject>($"playground/teams/state?person={handle}&conversation={Uri.EscapeDataString(conversation)}", cancellationToken);
        return state?["messages"] is JsonObject { Count: > 0 } chats && chats.First().Value is JsonArray messages ? [.. messages.OfType<JsonObject>().Select(m => new TeamsSeen(m))] : [];
    }

    private async Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken cancellationToken)
    {
        using var answer = await workspace.PostAsJsonAsync("playground/teams/" + path, body, cancellationToken);
        var said = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        // A refusal at the card's foot is an answer too; what never reached the bot, or was no answer, is none.
        if (answer.StatusCode != HttpStatusCode.OK || said is null || (said["ok"]?.GetValue<bool>() != true && (string?)said["shown"] != "error"))
            throw new TourException($"The tenant did not let {handle} do that: {said?.ToJsonString()}");
        return said;
    }
}

/// <summary>A message of Teams as it stands on one person's screen.</summary>
internal sealed class TeamsSeen(JsonObject message)
{
    public string Id => (string)message["id"]!;

    /// <summary>Everything that is written in it, for looking words up.</summary>
    public string Everything => string.Join(' ', Words(message["card"]).Prepend((string?)message["text"]).Append((string?)message["note"]?["text"]).OfType<string>());

    public bool Says(string words) => Everything.Contains(words, StringComparison.Ordinal);

    /// <summary>Whether this person's view has that button.</summary>
    public bool Offers(string verb) => Looking.Nodes(message["card"]).OfType<JsonObject>().Any(n => n["title"] is not null && (n["verb"] as JsonValue)?.ToString() == verb);

    private static IEnumerable<string> Words(JsonNode? node) => Looking.Nodes(node).OfType<JsonObject>()
        .SelectMany(n => new[] { n["text"], n["title"], n["value"] }).OfType<JsonValue>().Select(v => v.ToString().Replace("**", "", StringComparison.Ordinal));
}
