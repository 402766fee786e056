using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Delivery;

/// <summary>Builds what Slack sends, field for field. Callers hold the workspace's gate.</summary>
internal sealed class Payloads(Workspace workspace, Func<Uri> origin)
{
    // the legacy verification token: present on the wire, of no worth
    private const string Token = "playground-legacy-token";

    private PlaygroundOptions Options => workspace.Options;

    public JsonObject User(string id)
    {
        var person = workspace.People[id];
        return new JsonObject { ["id"] = id, ["username"] = person.Handle, ["name"] = person.Handle, ["team_id"] = person.TeamId ?? Options.TeamId };
    }

    /// <summary>The fields that all interactivity payloads share.</summary>
    public JsonObject Interaction(string type, string user, bool withTrigger = true)
    {
        var payload = new JsonObject
        {
            ["type"] = type,
            ["user"] = User(user),
            ["api_app_id"] = Options.AppId,
            ["token"] = Token,
            ["team"] = new JsonObject { ["id"] = Options.TeamId, ["domain"] = Options.TeamDomain },
            ["enterprise"] = null,
            ["is_enterprise_install"] = false,
        };
        if (withTrigger) payload["trigger_id"] = workspace.Triggers.Issue(user);
        return payload;
    }

    public AppDelivery Interactive(JsonObject payload) => new(DeliveryKind.Interaction, Wire.Text(payload["type"])!, payload,
        Form([new("payload", payload.ToJsonString(Wire.Json))]), "application/x-www-form-urlencoded");

    public AppDelivery Command(string user, Conversation where, string command, string text)
    {
        var fields = new List<KeyValuePair<string, string>>
        {
            new("token", Token), new("team_id", Options.TeamId), new("team_domain", Options.TeamDomain),
            new("channel_id", where.Id), new("channel_name", where.Kind switch
            {
                ConversationKind.Public => where.Name, ConversationKind.Private => "privategroup", ConversationKind.Direct => "directmessage",
            }),
            new("user_id", user), new("user_name", workspace.People[user].Handle), new("command", command), new("text", text),
            new("api_app_id", Options.AppId), new("is_enterprise_install", "false"),
            new("response_url", ResponseUrl("commands", where, user, null)), new("trigger_id", workspace.Triggers.Issue(user)),
        };
        var payload = new JsonObject(fields.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value)));
        return new AppDelivery(DeliveryKind.Command, "slash_commands", payload, Form(fields), "application/x-www-form-urlencoded");
    }

    public AppDelivery Event(JsonObject inner)
    {
        inner["event_ts"] ??= workspace.NextTs();
        var payload = new JsonObject
        {
            ["token"] = Token,
            ["team_id"] = Options.TeamId,
            ["context_team_id"] = Options.TeamId,
            ["context_enterprise_id"] = null,
            ["api_app_id"] = Options.AppId,
            ["event"] = inner,
            ["type"] = "event_callback",
            ["event_id"] = workspace.NewId("Ev"),
            ["event_time"] = workspace.Clock.GetUtcNow().ToUnixTimeSeconds(),
            ["authorizations"] = new JsonArray(new JsonObject
            {
                ["enterprise_id"] = null, ["team_id"] = Options.TeamId, ["user_id"] = Options.BotUserId, ["is_bot"] = true, ["is_enterprise_install"] = false,
            }),
            ["is_ext_shared_channel"] = false,
        };
        return EventBody(payload, Wire.Text(inner["type"]) ?? "event");
    }

    public AppDelivery UrlVerification(string challenge) =>
        EventBody(new JsonObject { ["token"] = Token, ["challenge"] = challenge, ["type"] = "url_verification" }, "url_verification");

    public string ResponseUrl(string kind, Conversation where, string user, string? messageTs)
    {
        var secret = workspace.NewId("") + workspace.NewId("");
        workspace.ResponseUrls[secret] = new ResponseUrl
        {
            ConversationId = where.Id, User = user, MessageTs = messageTs, Expires = workspace.Clock.GetUtcNow() + State.ResponseUrl.Lifetime,
        };
        return new Uri(origin(), string.Create(CultureInfo.InvariantCulture, $"hooks/{kind}/{Options.TeamId}/{secret}")).ToString();
    }

    /// <summary>Where a message stands in this workspace's page.</summary>
    public string Permalink(Conversation where, Message message) =>
        new Uri(origin(), $"archives/{where.Id}/p{message.Ts.Replace(".", "", StringComparison.Ordinal)}").ToString();

    /// <summary>A view as Slack sends it to the app and answers it.</summary>
    public JsonObject View(OpenView view)
    {
        var d = view.Definition;
        var json = new JsonObject
        {
            ["id"] = view.Id,
            ["team_id"] = Options.TeamId,
            ["type"] = d["type"]!.DeepClone(),
            ["blocks"] = view.Blocks.DeepClone(),
            ["private_metadata"] = Wire.Text(d["private_metadata"]) ?? "",
            ["callback_id"] = Wire.Text(d["callback_id"]) ?? "",
            ["state"] = new JsonObject { ["values"] = view.Inputs.ToJson() },
            ["hash"] = view.Hash,
            ["title"] = d["title"]?.DeepClone() ?? new JsonObject { ["type"] = "plain_text", ["text"] = "View Title", ["emoji"] = true },
            ["clear_on_close"] = Wire.Flag(d["clear_on_close"]),
            ["notify_on_close"] = Wire.Flag(d["notify_on_close"]),
            ["close"] = d["close"]?.DeepClone(),
            ["submit"] = d["submit"]?.DeepClone(),
            ["previous_view_id"] = view.PreviousId,
            ["root_view_id"] = view.RootId,
            ["app_id"] = Options.AppId,
            ["external_id"] = Wire.Text(d["external_id"]) ?? "",
            ["app_installed_team_id"] = Options.TeamId,
            ["bot_id"] = Options.BotId,
        };
        return json;
    }

    /// <summary>A message as Slack sends it to the app and answers it.</summary>
    public JsonObject Message(Message message)
    {
        var json = new JsonObject { ["user"] = message.User, ["type"] = "message", ["ts"] = message.Ts };
        if (message.FromApp)
        {
            json["bot_id"] = Options.BotId;
            json["app_id"] = Options.AppId;
        }
        json["text"] = message.Text;
        json["team"] = Options.TeamId;
        if (message.Blocks is not null) json["blocks"] = message.Blocks.DeepClone();
        if (message.ThreadTs is not null) json["thread_ts"] = message.ThreadTs;
        if (message.EditedTs is not null) json["edited"] = new JsonObject { ["user"] = message.User, ["ts"] = message.EditedTs };
        if (message.Metadata is not null) json["metadata"] = message.Metadata.DeepClone();
        return json;
    }

    private static AppDelivery EventBody(JsonObject payload, string type) =>
        new(DeliveryKind.Event, type, payload, Encoding.UTF8.GetBytes(payload.ToJsonString(Wire.Json)), "application/json");

    private static byte[] Form(IEnumerable<KeyValuePair<string, string>> fields) =>
        Encoding.UTF8.GetBytes(string.Join('&', fields.Select(f => $"{Escape(f.Key)}={Escape(f.Value)}")));

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
