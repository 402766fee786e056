using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>The home tab, shortcuts, arbitrary events and the handshake.</summary>
internal sealed class AppEvents(Workspace workspace, Payloads payloads, IAppDelivery app, EventDispatch events)
{
    /// <summary><c>{person, tab: home|messages}</c>.</summary>
    public async Task<ControlAnswer> OpenHomeAsync(ControlRequest request, CancellationToken ct)
    {
        AppDelivery delivery;
        lock (workspace.Gate)
        {
            var person = request.Person(workspace);
            var inner = new JsonObject
            {
                ["type"] = "app_home_opened", ["user"] = person, ["channel"] = workspace.OpenDirect(person).Id, ["tab"] = request.Text("tab") ?? "home",
            };
            if (workspace.Homes.TryGetValue(person, out var home)) inner["view"] = payloads.View(home);
            delivery = payloads.Event(inner);
        }
        return ControlAnswer.From(await events.SendAsync(delivery, ct));
    }

    /// <summary><c>{person, callback_id}</c>: a global shortcut; with <c>conversation</c> and <c>ts</c> a message's.</summary>
    public async Task<ControlAnswer> ShortcutAsync(ControlRequest request, CancellationToken ct)
    {
        AppDelivery delivery;
        lock (workspace.Gate)
        {
            var person = request.Person(workspace);
            var (where, message) = request.Text("ts") is null ? (null, null) : Seen(request, person);
            var payload = payloads.Interaction(message is null ? "shortcut" : "message_action", person);
            payload["callback_id"] = request.Need("callback_id");
            payload["action_ts"] = workspace.NextTs();
            if (message is not null)
            {
                payload["message_ts"] = message.Ts;
                payload["message"] = payloads.Message(message);
                payload["channel"] = new JsonObject { ["id"] = where!.Id, ["name"] = where.Name };
                payload["response_url"] = payloads.ResponseUrl("app", where, person, null);
            }
            delivery = payloads.Interactive(payload);
        }
        return ControlAnswer.From(await app.DeliverAsync(delivery, ct));
    }

    private (Conversation Where, Message Message) Seen(ControlRequest request, string person)
    {
        var target = Target.Of(request, workspace, person);
        // Slack offers no shortcuts on what only one person sees
        if (target.Message is not { EphemeralTo: null } message) throw new ControlFault("There are no shortcuts on a message that only one person sees.");
        return (target.Where!, message);
    }

    /// <summary><c>{event: {type, …}}</c>: any event, enveloped, signed and retried as Slack does.</summary>
    public async Task<ControlAnswer> EventAsync(ControlRequest request, CancellationToken ct)
    {
        if (request.Body["event"]?.DeepClone() is not JsonObject inner || Wire.Text(inner["type"]) is null) return ControlAnswer.Refused("\"event\" must be an object with a type.");
        AppDelivery delivery;
        lock (workspace.Gate) delivery = payloads.Event(inner);
        return ControlAnswer.From(await events.SendAsync(delivery, ct));
    }

    /// <summary><c>{}</c>: the handshake; ok when the challenge came back.</summary>
    public async Task<ControlAnswer> VerifyUrlAsync(CancellationToken ct)
    {
        var challenge = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var outcome = await app.DeliverAsync(payloads.UrlVerification(challenge), ct);
        var returned = Wire.Text(outcome.Json?["challenge"]) ?? outcome.Body;
        return ControlAnswer.From(outcome, outcome.Ok && returned != challenge ? "The challenge did not come back." : null);
    }
}
