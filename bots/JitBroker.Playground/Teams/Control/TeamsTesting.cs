using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Control;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.Teams.Tokens;

namespace JitBroker.Playground.Teams.Control;

/// <summary>What a real tenant does not offer: replays, forgeries, changed people and keys.</summary>
internal sealed class TeamsTesting(Tenant tenant, Activities activities, BotDelivery bot, BotFramework framework, ActivityLog log)
{
    /// <summary><c>{id}</c>: sends a recorded activity again, byte for byte, with its old token.</summary>
    public async Task<ControlAnswer> RedeliverAsync(ControlRequest request, CancellationToken ct)
    {
        var id = request.Need("id");
        return log.Find(id) is { } record ? WithBody(await bot.AgainAsync(record, ct)) : ControlAnswer.Refused($"There is no delivery {id} in the log.");
    }

    /// <summary>
    /// <c>{activity? | person, conversation, type?, name?, value?, replyToId?, text?, change?; token?: {claims?, key?: unendorsed|stranger, alg?, kid?}, authorization?: STRING|null, body?}</c>:
    /// any activity, rightly signed unless told otherwise. Without <c>activity</c> it is one of that person's; <c>change</c> sets its fields, null removes one;
    /// <c>body</c> is sent as it is. → <c>{ok, status, content_type, body}</c>.
    /// </summary>
    public async Task<ControlAnswer> DeliverAsync(ControlRequest request, CancellationToken ct)
    {
        JsonObject activity;
        lock (tenant.Gate) activity = request.Body["activity"]?.DeepClone() as JsonObject ?? Made(request);
        foreach (var (name, value) in request.Body["change"] as JsonObject ?? [])
        {
            if (value is null) activity.Remove(name);
            else activity[name] = value.DeepClone();
        }
        var token = request.Body["token"] as JsonObject ?? [];
        var forgery = new Forgery(token["claims"] as JsonObject, Wire.Text(token["key"]), Wire.Text(token["alg"]), Wire.Text(token["kid"]));
        var authorization = request.Body.ContainsKey("authorization") ? request.Text("authorization") : $"Bearer {framework.Token(forgery)}";
        var body = request.Text("body") ?? activity.ToJsonString(Wire.Json);
        return WithBody(await bot.DeliverAsync(BotDelivery.TypeOf(activity), Encoding.UTF8.GetBytes(body), authorization, ct));
    }

    /// <summary><c>{person, handle?, name?, email?, object_id?, tenant_id?, role?, shows_object_id?, blocks_bot?, join?: [CHANNEL]}</c>: adds or changes an account. A new one needs an <c>object_id</c>.</summary>
    public ControlAnswer Person(ControlRequest request)
    {
        lock (tenant.Gate)
        {
            var id = request.Need("person");
            var before = tenant.Find(id) ?? new PlaygroundTeamsPerson(id, IdOf(request, "object_id") ?? throw new ControlFault("A new person needs an \"object_id\"."), id.ToLowerInvariant(), id);
            tenant.Join(before with
            {
                ObjectId = IdOf(request, "object_id") ?? before.ObjectId, Handle = request.Text("handle") ?? before.Handle, Name = request.Text("name") ?? before.Name, Email = request.Text("email") ?? before.Email,
                TenantId = IdOf(request, "tenant_id") ?? before.TenantId, Role = request.Text("role") ?? before.Role,
                ShowsObjectId = request.Body["shows_object_id"] is null ? before.ShowsObjectId : request.Flag("shows_object_id"),
                BlocksBot = request.Body["blocks_bot"] is null ? before.BlocksBot : request.Flag("blocks_bot"),
            });
            foreach (var channel in request.Body["join"] as JsonArray ?? [])
                if (tenant.Chats.GetValueOrDefault(Wire.Text(channel) ?? "") is { } joined) joined.Members.Add(before.Id);
            tenant.Changed();
            return ControlAnswer.Done(("id", before.Id), ("personal", tenant.PersonalOf(before.Id)!.Id));
        }
    }

    /// <summary><c>{messages_url}</c>: where the bot listens. → what the bot has to be told, secrets excepted.</summary>
    public ControlAnswer App(ControlRequest request)
    {
        lock (tenant.Gate)
        {
            if (request.Text("messages_url") is { } given)
                tenant.MessagesUrl = Uri.TryCreate(given, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw new ControlFault("\"messages_url\" must be an http or https address.");
            tenant.Changed();
            return ControlAnswer.Done(("app_id", tenant.Options.AppId.ToString()), ("tenant", tenant.Options.TenantId.ToString()), ("service_url", framework.ServiceUrl));
        }
    }

    /// <summary><c>{rotate: true}</c>: another key signs from now on. → <c>{kid}</c>.</summary>
    public ControlAnswer Keys(ControlRequest request) => request.Flag("rotate") ? ControlAnswer.Done(("kid", framework.Rotate())) : ControlAnswer.Refused("Say {\"rotate\": true}.");

    private JsonObject Made(ControlRequest request)
    {
        var person = request.Person(tenant);
        var chat = request.Chat(tenant, person);
        var type = request.Text("type") ?? "message";
        if (type == "invoke") return activities.Invoke(person, chat, request.Text("replyToId"), request.Need("name"), request.Body["value"]?.DeepClone() as JsonObject ?? []);
        return activities.Message(person, chat, new Post { Id = tenant.NextId(), From = person, At = tenant.Clock.GetUtcNow(), Text = request.Text("text") ?? "help" });
    }

    private static Guid? IdOf(ControlRequest request, string name) =>
        request.Text(name) is not { } given ? null : Guid.TryParse(given, out var id) ? id : throw new ControlFault($"\"{name}\" must be a GUID.");

    private static ControlAnswer WithBody(DeliveryOutcome outcome)
    {
        var answer = ControlAnswer.From(outcome);
        answer.Body["content_type"] = outcome.ContentType;
        answer.Body["body"] = outcome.Body;
        return answer;
    }
}
