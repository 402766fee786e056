using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;
using Microsoft.AspNetCore.WebUtilities;

namespace JitBroker.Playground.Control;

/// <summary>What a real workspace does not offer: replays, forgeries, changed people.</summary>
internal sealed class Testing(Workspace workspace, HttpAppDelivery http, AppRouter app, DeliveryLog deliveries, AppAddresses addresses)
{
    /// <summary>
    /// <c>{id, via?: http|socket}</c>: sends a recorded delivery again: byte for byte, with its old signature and timestamp if it went over HTTP; the other way,
    /// it is the same payload, freshly signed or in a fresh envelope.
    /// </summary>
    public async Task<ControlAnswer> RedeliverAsync(ControlRequest request, CancellationToken ct)
    {
        var id = request.Need("id");
        if (deliveries.Find(id) is not { } record) return ControlAnswer.Refused($"There is no delivery {id} in the log.");
        var wasHttp = record.Headers.Count > 0;
        return WithBody(wasHttp && request.Text("via") is null or "http" ? await http.AgainAsync(record, ct) : await app.DeliverAsync(record.Source, request.Text("via"), ct));
    }

    /// <summary><c>{kind: event|command|interaction, body, content_type?, path?, timestamp?, signature?, headers?, via?: http|socket}</c>: anything, rightly signed unless told otherwise.</summary>
    public async Task<ControlAnswer> DeliverAsync(ControlRequest request, CancellationToken ct)
    {
        if (!Enum.TryParse<DeliveryKind>(request.Text("kind") ?? "event", ignoreCase: true, out var kind)) return ControlAnswer.Refused("\"kind\" is event, command or interaction.");
        var type = request.Text("content_type") ?? (kind == DeliveryKind.Event ? "application/json" : "application/x-www-form-urlencoded");
        var headers = (request.Body["headers"] as JsonObject ?? []).ToDictionary(h => h.Key, h => Wire.Text(h.Value) ?? "", StringComparer.Ordinal);
        var delivery = new AppDelivery(kind, "forged", PayloadOf(kind, request.Need("body")), Encoding.UTF8.GetBytes(request.Need("body")), type)
        {
            Timestamp = request.Text("timestamp"), Signature = request.Text("signature"), Path = request.Text("path"), Headers = headers,
        };
        return WithBody(await app.DeliverAsync(delivery, request.Text("via"), ct));
    }

    /// <summary><c>{id, handle?, name?, email?, team_id?, deleted?, is_bot?, is_restricted?, is_ultra_restricted?, is_stranger?, is_email_confirmed?}</c>: adds or changes a person.</summary>
    public ControlAnswer Person(ControlRequest request)
    {
        lock (workspace.Gate)
        {
            var id = request.Need("id");
            var before = workspace.People.GetValueOrDefault(id) ?? new PlaygroundPerson(id, id.ToLowerInvariant(), id);
            bool Changed(string name, bool was) => request.Body[name] is null ? was : request.Flag(name);
            workspace.People[id] = before with
            {
                Handle = request.Text("handle") ?? before.Handle, Name = request.Text("name") ?? before.Name, Email = request.Text("email") ?? before.Email,
                TeamId = request.Text("team_id") ?? before.TeamId, Deleted = Changed("deleted", before.Deleted), IsBot = Changed("is_bot", before.IsBot),
                IsRestricted = Changed("is_restricted", before.IsRestricted), IsUltraRestricted = Changed("is_ultra_restricted", before.IsUltraRestricted),
                IsStranger = Changed("is_stranger", before.IsStranger), IsEmailConfirmed = Changed("is_email_confirmed", before.IsEmailConfirmed),
            };
            foreach (var channel in request.Body["join"] as JsonArray ?? [])
                if (workspace.Conversations.TryGetValue(Wire.Text(channel) ?? "", out var joined)) joined.Members.Add(id);
            workspace.Changed();
            return ControlAnswer.Done();
        }
    }

    /// <summary><c>{events_url, commands_url?, interactions_url?}</c>: where the app listens.</summary>
    public ControlAnswer App(ControlRequest request)
    {
        addresses.Events = Address(request, "events_url") ?? addresses.Events;
        addresses.Commands = Address(request, "commands_url") ?? addresses.Commands;
        addresses.Interactions = Address(request, "interactions_url") ?? addresses.Interactions;
        workspace.Changed();
        return ControlAnswer.Done();
    }

    /// <summary>What a socket would carry of it; empty when it is none of Slack's shapes, which only HTTP can carry.</summary>
    private static JsonObject PayloadOf(DeliveryKind kind, string body)
    {
        if (kind == DeliveryKind.Event) return Wire.Parse(body) as JsonObject ?? [];
        var fields = QueryHelpers.ParseQuery(body);
        return kind == DeliveryKind.Interaction
            ? Wire.Parse(fields.GetValueOrDefault("payload").ToString()) as JsonObject ?? []
            : new JsonObject(fields.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value.ToString())));
    }

    private static Uri? Address(ControlRequest request, string name)
    {
        if (request.Text(name) is not { } given) return null;
        return Uri.TryCreate(given, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw new ControlFault($"\"{name}\" must be an http or https address.");
    }

    private static ControlAnswer WithBody(DeliveryOutcome outcome)
    {
        var answer = ControlAnswer.From(outcome);
        answer.Body["content_type"] = outcome.ContentType;
        answer.Body["body"] = outcome.Body;
        return answer;
    }
}
