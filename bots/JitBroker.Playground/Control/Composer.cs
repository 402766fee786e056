using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Control;

/// <summary>What a person types into a conversation: a slash command, or a message.</summary>
internal sealed partial class Composer(Workspace workspace, Payloads payloads, IAppDelivery app)
{
    /// <summary><c>{person, conversation, text, thread_ts?}</c>. Text that begins with a slash is a command; it waits for the app's answer.</summary>
    public async Task<ControlAnswer> SayAsync(ControlRequest request, CancellationToken ct)
    {
        AppDelivery delivery;
        Conversation where;
        string person, command;
        lock (workspace.Gate)
        {
            person = request.Person(workspace);
            where = request.Conversation(workspace, person);
            var typed = request.Need("text").Trim();
            if (typed.Length == 0) throw new ControlFault("There is nothing to send.");
            if (!typed.StartsWith('/')) return Say(person, where, typed, request.Text("thread_ts"));
            var parts = typed.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            command = parts[0];
            if (workspace.Options.Commands.All(c => c.Command != command))
            {
                workspace.Notice(where, person, $"`{Escaped(command)}` is not a valid command. In Slack, all messages that start with the \"/\" character are treated as commands.");
                return new ControlAnswer(200, new JsonObject { ["ok"] = false, ["error"] = "unknown_command" });
            }
            delivery = payloads.Command(person, where, command, Escaped(parts.Length > 1 ? parts[1].Trim() : ""));
        }
        var outcome = await app.DeliverAsync(delivery, ct);
        lock (workspace.Gate)
        {
            var problem = Answer(where, person, Wire.Text(delivery.Payload["response_url"])!, outcome);
            if (problem is not null) workspace.Notice(where, person, $"{command} {problem}");
            return ControlAnswer.From(outcome, outcome.Ok ? problem : null);
        }
    }

    private ControlAnswer Say(string person, Conversation where, string text, string? thread)
    {
        var message = workspace.Post(where, new Message { Ts = workspace.NextTs(), User = person, Text = Escaped(text), ThreadTs = thread });
        return ControlAnswer.Done(("ts", message.Ts));
    }

    /// <summary>Null when the app's 200 was taken; else the rest of the sentence that Slack shows.</summary>
    private string? Answer(Conversation where, string person, string responseUrl, DeliveryOutcome outcome)
    {
        switch (outcome.Failure)
        {
            case "operation_timeout": return "failed because the app did not respond (operation_timeout).";
            case "connection_failed" or "not_connected": return $"failed because the app did not respond ({outcome.Failure}).";
            case { }: return string.Create(CultureInfo.InvariantCulture, $"failed with the error \"dispatch_failed\" (HTTP {outcome.Status}).");
        }
        if (string.IsNullOrWhiteSpace(outcome.Body)) return null;
        var arguments = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        if (outcome.ContentType == "application/json" && outcome.Json is { } json)
            foreach (var (name, value) in json) arguments[name] = value?.DeepClone();
        else arguments["text"] = outcome.Body;
        if (arguments.Count == 0) return null;
        // the 200 is not one of the five uses, but a later replace_original means what it posted
        var url = workspace.ResponseUrls[responseUrl[(responseUrl.LastIndexOf('/') + 1)..]];
        return ResponseUrlEndpoint.Answer(workspace, where, url, new ApiCall("command", arguments)) is { } refused ? $"failed with the error \"{refused}\"." : null;
    }

    /// <summary>As the client sends it with <c>should_escape</c>: the three characters escaped, known names as ids.</summary>
    private string Escaped(string text)
    {
        var safe = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        return Name().Replace(safe, m => m.Groups["sigil"].Value == "@"
            ? workspace.People.Values.FirstOrDefault(p => p.Handle == m.Groups["name"].Value) is { } p ? $"<@{p.Id}|{p.Handle}>" : m.Value
            : workspace.Conversations.Values.FirstOrDefault(c => c.Name == m.Groups["name"].Value && c.Kind == ConversationKind.Public) is { } c ? $"<#{c.Id}|{c.Name}>" : m.Value);
    }

    [GeneratedRegex(@"(?<!\S)(?<sigil>[@#])(?<name>[a-z0-9._-]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
