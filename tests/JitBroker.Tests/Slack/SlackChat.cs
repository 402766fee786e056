using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Outbox;
using JitBroker.Tests.Chat;

namespace JitBroker.Tests.Slack;

/// <summary>Chat, as people have it in Slack.</summary>
internal sealed partial class SlackChat(SlackBench host) : ChatBench(host)
{
    public override string Surface => "slack";

    public override Task SayAsync(string person, string words) => Host.SayAsync(person, "/access " + words);

    public override Task PressAsync(string person, Seen message, string action) => Host.PressAsync(person, message.Raw, action, ChannelOf(person, message.Place));

    public override Task ForgePressAsync(string person, string action, string id, Seen? message = null) => Host.DoAsync(
        "deliver",
        new { kind = "interaction", body = ForgedPress.Of(UserOf(person), action, (string?)message?.Raw["ts"] ?? "1.1", id, ChannelOf(person, message?.Place ?? Place.Requests), NextTrigger()) });

    public override async Task CollectAsync(string person, Seen card, string grantId)
    {
        await PressAsync(person, card, "collect");
        await UntilToldAsync(person, "jit creds logs:read");
    }

    public override async Task ChooseAsync(string person, string field, string value)
    {
        if (field == "entitlement")
            await Host.SuggestAsync(person, value);
        Assert.True((bool)(await Host.ChooseAsync(person, field, value))["ok"]!);
    }

    public override async Task<IReadOnlyList<string>> OffersAsync(string person, string typed) =>
        [.. ((JsonArray)(await Host.SuggestAsync(person, typed))["options"]!).Select(o => (string)o!["value"]!)];

    public override async Task<Sent> SubmitAsync(string person, params (string Field, string Value)[] values) =>
        Result(await Host.SubmitAsync(person, values.ToDictionary(v => v.Field, v => new { value = v.Value }, StringComparer.Ordinal)));

    public override async Task<Sent> ForgeFormAsync(string person, string form, string about, params (string Field, string Value)[] values)
    {
        var user = UserOf(person);
        var state = new JsonObject(values.Select(v => KeyValuePair.Create<string, JsonNode?>(v.Field, new JsonObject { ["value"] = new JsonObject { ["type"] = "plain_text_input", ["value"] = v.Value } })));
        var body = new JsonObject
        {
            ["type"] = "view_submission", ["api_app_id"] = "A0JIT", ["trigger_id"] = NextTrigger(), ["team"] = new JsonObject { ["id"] = "T0EX" },
            ["user"] = new JsonObject { ["id"] = user, ["team_id"] = "T0EX" },
            ["view"] = new JsonObject { ["callback_id"] = form, ["private_metadata"] = about, ["state"] = new JsonObject { ["values"] = state } },
        };
        var answer = await Host.DoAsync("deliver", new { kind = "interaction", body = "payload=" + Uri.EscapeDataString(body.ToJsonString()) });
        return (string?)answer["body"] is { Length: > 0 } text ? Result((JsonObject)JsonNode.Parse(text)!) : new Sent(true, new Dictionary<string, string>(StringComparer.Ordinal));
    }

    public override async Task<Sent> SendEmptyAsync(string person)
    {
        var fields = (await Host.ModalAsync(person))!["state"]!["values"]!.AsObject().ToDictionary(f => f.Key, _ => new { value = (string?)null }, StringComparer.Ordinal);
        return Result(await Host.SubmitAsync(person, fields, force: true));
    }

    public override async Task ShortcutAsync(string person) => Assert.True((bool)(await Host.DoAsync("shortcut", new { person, callback_id = "jit_request" }))["ok"]!);

    public override async Task<string> WriteAsync(string person, string text)
    {
        await Host.SayAsync(person, text);
        return (string)(await Host.SeesAsync(person)).Last(m => !(bool)m["from_app"]!)["ts"]!;
    }

    public override Task ShortcutOnAsync(string person, string message) =>
        Host.DoAsync("shortcut", new { person, callback_id = "jit_request_for", conversation = SlackBench.Channel, ts = message });

    public override async Task<Seen> OpenHomeAsync(string person) => Of(await Host.OpenHomeAsync(person), Place.Direct);

    public override async Task<Seen> UntilHomeAsync(string person, string text)
    {
        Seen? home = null;
        await UntilAsync(async () =>
        {
            Clock.Advance(Announcer.HomePause);
            home = await Host.HomeAsync(person) is { } view ? Of(view, Place.Direct) : null;
            return home?.Text.Contains(text, StringComparison.Ordinal) == true;
        });
        return home!;
    }

    public override Task PressHomeAsync(string person, string action) => Host.PressHomeAsync(person, action);

    public override Task ForgeHomePressAsync(string person, string action, string id)
    {
        var user = UserOf(person);
        var body = new JsonObject
        {
            ["type"] = "block_actions", ["api_app_id"] = "A0JIT", ["trigger_id"] = NextTrigger(), ["team"] = new JsonObject { ["id"] = "T0EX" },
            ["user"] = new JsonObject { ["id"] = user, ["team_id"] = "T0EX" }, ["view"] = new JsonObject { ["type"] = "home", ["id"] = "V1" },
            ["container"] = new JsonObject { ["type"] = "view", ["view_id"] = "V1" },
            ["actions"] = new JsonArray(new JsonObject { ["type"] = "button", ["action_id"] = action, ["block_id"] = "b", ["value"] = id }),
        };
        return Host.DoAsync("deliver", new { kind = "interaction", body = "payload=" + Uri.EscapeDataString(body.ToJsonString()) });
    }

    public override async Task JoinAsync(string person, string name) =>
        Assert.True((bool)(await Host.DoAsync("person", new { id = UserOf(person), handle = person, name, join = new[] { SlackBench.Channel, SlackBench.Loud, SlackBench.Operations } }))["ok"]!);

    public override Task BecomesAsync(string person, string what) => Host.DoAsync("person", what switch
    {
        "bot" => new JsonObject { ["id"] = UserOf(person), ["is_bot"] = true },
        "guest" => new JsonObject { ["id"] = UserOf(person), ["is_restricted"] = true },
        "gone" => new JsonObject { ["id"] = UserOf(person), ["deleted"] = true },
        _ => new JsonObject { ["id"] = UserOf(person), ["team_id"] = "T0OTHER" },
    });

    public override Task HideAccountsOnceAsync() => Host.FaultAsync(new { method = "users.info", status = 500 });

    /// <summary>With it the asker's own, which is posted beside it.</summary>
    public override Task LosePostAsync() => Host.FaultAsync(new { method = "chat.postMessage", times = 2, status = 500, after_effect = true });

    public override Task RefuseEditAsync() => Host.FaultAsync(new { method = "chat.update", status = 200, error = "some_new_refusal" });

    public override async Task<IReadOnlyList<Seen>> SeesAsync(string person, Place place = Place.Requests) =>
        [.. (await Host.SeesAsync(person, ChannelOf(person, place))).Where(m => (bool)m["from_app"]! && !(bool)m["ephemeral"]!).Select(m => Of(m, place))];

    public override async Task<IReadOnlyList<Seen>> ToldAsync(string person)
    {
        // Over a Home, a refusal is a view of its own.
        var told = new List<Seen>();
        if (await Host.ModalAsync(person) is { } modal && modal["submit"] is null)
            told.Add(Of(modal, Place.Direct));
        foreach (var place in new[] { Place.Direct, Place.Loud, Place.Requests })
        {
            if (await Host.WhisperAsync(person, ChannelOf(person, place)) is { } whisper)
                told.Add(Of(whisper, place));
        }

        return told;
    }

    public override async Task<SeenForm?> FormAsync(string person)
    {
        if (await Host.ModalAsync(person) is not { } modal)
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (block, actions) in modal["state"]?["values"] as JsonObject ?? [])
        {
            if (actions?["value"] is JsonObject field && ((string?)field["selected_option"]?["value"] ?? (string?)field["value"]) is { } value)
                values[block] = value;
        }

        return new SeenForm((string)modal["callback_id"]!, Plain(SlackBench.Text(modal)), values);
    }

    public override string AccountOf(string person) => $"slack:T0EX/{UserOf(person)}";

    public override string SaidOf(string person) => $"the Slack account {UserOf(person)} (workspace T0EX)";

    public override string CatalogLineOf(string person) => $"slack: T0EX/{UserOf(person)}";

    public override string MentionOf(string person) => $"<@{UserOf(person)}>";

    public override string? ThreadOf(Seen message) => (string?)message.Raw["thread_ts"] is { } root && root != IdOf(message) ? root : null;

    public override string IdOf(Seen message) => (string)message.Raw["ts"]!;

    public override string LinkTo(Place place, string message) => $"/archives/{ChannelOf("", place)}/p{message.Replace(".", "", StringComparison.Ordinal)}";

    public override string LiveOf(Seen message) => Mrkdwn(message.Raw) + (string?)message.Raw["text"];

    private static string Mrkdwn(JsonNode? node) => node switch
    {
        JsonObject o when (string?)o["type"] == "mrkdwn" => (string)o["text"]! + "\n",
        JsonObject o => string.Concat(o.Select(p => Mrkdwn(p.Value))),
        JsonArray a => string.Concat(a.Select(Mrkdwn)),
        _ => "",
    };

    private string NextTrigger() => "forged." + Ids.New(Clock.GetUtcNow());

    private static string UserOf(string person) => "U0" + person.ToUpperInvariant();

    private static string ChannelOf(string person, Place place) => place switch
    {
        Place.Requests => SlackBench.Channel,
        Place.Loud => SlackBench.Loud,
        Place.Operations => SlackBench.Operations,
        Place.Direct => SlackBench.Direct(person),
        _ => throw new InvalidOperationException($"{place} is no place."),
    };

    private static Seen Of(JsonObject message, Place place) => new(Plain(SlackBench.Text(message)), [.. SlackBench.ButtonsOf(message)], place, message);

    /// <summary>As it reads, without what styles it.</summary>
    private static string Plain(string text) => Style().Replace(text, "");

    private static Sent Result(JsonObject answer) => answer["errors"] is JsonObject { Count: > 0 } errors
        ? new Sent(false, errors.ToDictionary(e => e.Key, e => (string)e.Value!, StringComparer.Ordinal))
        : new Sent((bool?)answer["ok"] ?? false, new Dictionary<string, string>(StringComparer.Ordinal));

    [GeneratedRegex("[*`]", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Style();
}

/// <summary>A press as no client of Slack's would send it.</summary>
internal static class ForgedPress
{
    public static string Of(string user, string action, string ts, string value, string channel = SlackBench.Channel, string trigger = "forged.press")
    {
        var body = new JsonObject
        {
            ["type"] = "block_actions", ["api_app_id"] = "A0JIT", ["trigger_id"] = trigger + user, ["team"] = new JsonObject { ["id"] = "T0EX" },
            ["user"] = new JsonObject { ["id"] = user, ["team_id"] = "T0EX" },
            ["container"] = new JsonObject { ["type"] = "message", ["message_ts"] = ts, ["channel_id"] = channel, ["is_ephemeral"] = false },
            ["channel"] = new JsonObject { ["id"] = channel },
            ["actions"] = new JsonArray(new JsonObject { ["type"] = "button", ["action_id"] = action, ["block_id"] = "b", ["value"] = value }),
        };
        return "payload=" + Uri.EscapeDataString(body.ToJsonString());
    }
}
