using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Control;

/// <summary>What a real workspace does not offer: replays, forgeries, faults, changed people.</summary>
internal sealed class Testing(Workspace workspace, HttpAppDelivery http, DeliveryLog deliveries, Faults faults, AppAddresses addresses)
{
    /// <summary><c>{id}</c>: sends a recorded delivery again, byte for byte, with its old signature and timestamp.</summary>
    public async Task<ControlAnswer> RedeliverAsync(ControlRequest request, CancellationToken ct)
    {
        var id = request.Need("id");
        if (deliveries.Find(id) is not { } record) return ControlAnswer.Refused($"There is no delivery {id} in the log.");
        return WithBody(await http.AgainAsync(record, ct));
    }

    /// <summary><c>{kind: event|command|interaction, body, content_type?, path?, timestamp?, signature?, headers?}</c>: anything, rightly signed unless told otherwise.</summary>
    public async Task<ControlAnswer> DeliverAsync(ControlRequest request, CancellationToken ct)
    {
        if (!Enum.TryParse<DeliveryKind>(request.Text("kind") ?? "event", ignoreCase: true, out var kind)) return ControlAnswer.Refused("\"kind\" is event, command or interaction.");
        var type = request.Text("content_type") ?? (kind == DeliveryKind.Event ? "application/json" : "application/x-www-form-urlencoded");
        var headers = (request.Body["headers"] as JsonObject ?? []).ToDictionary(h => h.Key, h => Wire.Text(h.Value) ?? "", StringComparer.Ordinal);
        var delivery = new AppDelivery(kind, "forged", [], Encoding.UTF8.GetBytes(request.Need("body")), type)
        {
            Timestamp = request.Text("timestamp"), Signature = request.Text("signature"), Path = request.Text("path"), Headers = headers,
        };
        return WithBody(await http.DeliverAsync(delivery, ct));
    }

    /// <summary><c>{method | "*", times?, status?, error?, retry_after?, after_effect?, delay_ms?}</c>, or <c>{clear: true}</c>.</summary>
    public ControlAnswer Fault(ControlRequest request)
    {
        if (request.Flag("clear")) faults.Clear();
        else
            faults.Add(new Fault(request.Need("method"), request.Number("times", 1), request.Number("status", 500), request.Text("error"),
                request.Body["retry_after"] is null ? null : request.Number("retry_after", 1), request.Flag("after_effect"), TimeSpan.FromMilliseconds(request.Number("delay_ms", 0))));
        return ControlAnswer.Done();
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
