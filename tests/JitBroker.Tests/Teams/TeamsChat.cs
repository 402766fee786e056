using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Playground;
using JitBroker.Tests.Chat;
using JitBroker.Tests.Slack;

namespace JitBroker.Tests.Teams;

/// <summary>Chat, as people have it in Teams: views of their own, dialogs, private answers in their own chat with the bot or at the foot of a card.</summary>
internal sealed partial class TeamsChat(SlackBench host) : ChatBench(host)
{
    public const string Requests = "19:access-requests@thread.tacv2";
    public const string Loud = "19:break-glass@thread.tacv2";
    public const string Operations = "19:operations@thread.tacv2";

    private static readonly Place[] Places = [Place.Requests, Place.Loud, Place.Operations, Place.Direct];

    private PlaygroundTeams Teams => Host.Slack.Teams;

    public override string Surface => "teams";

    public override Task SayAsync(string person, string words) => Host.DoAsync("teams/say", new { person, conversation = Requests, text = $"@{Teams.Options.AppName} {words}" });

    public override async Task PressAsync(string person, Seen message, string action)
    {
        var now = (await SeesAsync(person, message.Place)).First(m => IdOf(m) == IdOf(message));
        if (!now.Has(action))
        {
            await ForgePressAsync(person, action, await AboutAsync(action), message);
            return;
        }

        await Host.DoAsync("teams/act", new { person, conversation = ConversationOf(message.Place), id = IdOf(message), verb = action });
    }

    public override async Task ForgePressAsync(string person, string action, string id, Seen? message = null)
    {
        // On a card that stands before everybody, or else on one of the person's own, by an action that it does not have.
        var pressed = message ?? (await SeesAsync(person, Place.Direct)).LastOrDefault(m => m.Raw["card"] is not null) ?? (await SeesAsync(person) is [.., var newest] ? newest : null);
        var data = new { id, card = message is null ? null : "approval_card" };
        if (pressed is null)
            await SayAsync(person, "help");
        pressed ??= await UntilToldAsync(person, "request [ENTITLEMENT]");
        await Host.DoAsync(
            "teams/act", new { person, conversation = ConversationOf(pressed.Place), id = IdOf(pressed), action = new { type = "Action.Execute", title = action, verb = action, data } });
    }

    public override async Task CollectAsync(string person, Seen card, string grantId)
    {
        var link = CardShapes.All(card.Raw["card"], "Action.OpenUrl").Select(a => (string?)a["url"]).First(u => u!.Contains("/c/", StringComparison.Ordinal));
        Assert.EndsWith("/c/" + grantId, link, StringComparison.Ordinal);
        await ForgePressAsync(person, "collect", grantId);
        await UntilToldAsync(person, "jit creds logs:read");
    }

    public override async Task ChooseAsync(string person, string field, string value)
    {
        var form = (await OpenAsync(person))!;
        await form.PressAsync("request_check", new JsonObject { ["in_" + field] = value });
    }

    public override async Task<IReadOnlyList<string>> OffersAsync(string person, string typed)
    {
        var form = (await OpenAsync(person))!;
        var choices = CardShapes.All(form.Card, "Input.ChoiceSet").FirstOrDefault(i => (string?)i["id"] == "in_entitlement")?["choices"] as JsonArray ?? [];
        return [.. choices.Where(c => ((string)c!["title"]!).Contains(typed, StringComparison.OrdinalIgnoreCase) || ((string)c["value"]!).Contains(typed, StringComparison.OrdinalIgnoreCase)).Select(c => (string)c!["value"]!)];
    }

    public override async Task<Sent> SubmitAsync(string person, params (string Field, string Value)[] values)
    {
        var form = (await OpenAsync(person))!;
        return await SendAsync(person, form, new JsonObject(values.Select(v => KeyValuePair.Create<string, JsonNode?>("in_" + v.Field, v.Value))));
    }

    public override async Task<Sent> SendEmptyAsync(string person)
    {
        var form = (await OpenAsync(person))!;
        return await SendAsync(person, form, new JsonObject(InputsOf(form.Card).Select(i => KeyValuePair.Create<string, JsonNode?>((string)i["id"]!, ""))));
    }

    private async Task<Sent> SendAsync(string person, OpenForm form, JsonObject inputs)
    {
        var answer = await form.PressAsync(form.Name, inputs);
        if (answer["errors"] is JsonObject { Count: > 0 } errors)
            return new Sent(false, errors.ToDictionary(e => e.Key["in_".Length..], e => (string)e.Value!, StringComparer.Ordinal));
        if ((string?)answer["shown"] == "error")
            return new Sent(false, new Dictionary<string, string>(StringComparer.Ordinal) { [""] = (string?)answer["text"] ?? "" });
        var faults = await OpenAsync(person) is { } again && again.Name == form.Name ? FaultsOf(again.Card) : [];
        return new Sent(faults.Count == 0, faults);
    }

    public override async Task<Sent> ForgeFormAsync(string person, string form, string about, params (string Field, string Value)[] values)
    {
        var data = new JsonObject(values.Select(v => KeyValuePair.Create<string, JsonNode?>("in_" + v.Field, v.Value))) { ["verb"] = form, ["id"] = about.Length == 0 ? "-" : about };
        var answer = await Host.DoAsync("teams/deliver", new { person, conversation = Requests, type = "invoke", name = "task/submit", value = new { data } });
        if ((string?)answer["body"] is not { Length: > 0 } body || JsonNode.Parse(body)?["task"] is not JsonObject task)
            return new Sent(true, new Dictionary<string, string>(StringComparer.Ordinal));
        if ((string?)task["type"] == "continue")
            return new Sent(false, FaultsOf(task["value"]!["card"]!["content"]));
        return new Sent(false, new Dictionary<string, string>(StringComparer.Ordinal) { [""] = (string)task["value"]! });
    }

    public override async Task ShortcutAsync(string person) => Assert.Equal("dialog", (string?)(await Host.DoAsync("teams/extension", new { person, conversation = Requests, command = "jit_request" }))["shown"]);

    public override async Task<string> WriteAsync(string person, string text)
    {
        var said = await Host.DoAsync("teams/say", new { person, conversation = Requests, text });
        Assert.False((bool)said["delivered"]!);
        return (string)said["id"]!;
    }

    public override Task ShortcutOnAsync(string person, string message) =>
        Host.DoAsync("teams/extension", new { person, conversation = Requests, command = "jit_request_for", id = message });

    public override async Task<Seen> OpenHomeAsync(string person)
    {
        var before = await HomesAsync(person);
        await Host.DoAsync("teams/say", new { person, conversation = "personal", text = "mine" });
        Seen? home = null;
        await UntilAsync(async () => (home = (await HomesAsync(person)).LastOrDefault(h => before.All(b => IdOf(b) != IdOf(h)))) is not null);
        return home!;
    }

    public override async Task<Seen> UntilHomeAsync(string person, string text)
    {
        Seen? home = null;
        await UntilAsync(async () => (home = await OpenHomeAsync(person)).Text.Contains(text, StringComparison.Ordinal));
        return home!;
    }

    public override async Task PressHomeAsync(string person, string action) => await PressAsync(person, (await HomesAsync(person))[^1], action);

    public override async Task ForgeHomePressAsync(string person, string action, string id)
    {
        var home = await OpenHomeAsync(person);
        await Host.DoAsync("teams/act", new { person, conversation = "personal", id = IdOf(home), action = new { type = "Action.Execute", title = action, verb = action, data = new { id, card = "home" } } });
    }

    public override async Task JoinAsync(string person, string name)
    {
        var id = TeamsAccounts.MemberOf(person);
        Assert.True((bool)(await Host.DoAsync("teams/person", new { person = id, handle = person, name, object_id = TeamsAccounts.ObjectOf(person), join = new[] { Requests, Loud, Operations } }))["ok"]!);
        Assert.True((bool)(await Host.DoAsync("teams/install", new { person = id }))["ok"]!);
    }

    public override Task BecomesAsync(string person, string what) => Host.DoAsync("teams/person", what switch
    {
        "foreign" => new { person, role = "user", tenant_id = (string?)"11111111-2222-3333-4444-555555555555" },
        "bot" => new { person, role = "bot", tenant_id = (string?)null },
        "guest" => new { person, role = "guest", tenant_id = (string?)null },
        _ => new { person, role = "anonymous", tenant_id = (string?)null },
    });

    public override Task HideAccountsOnceAsync() => Host.DoAsync("teams/faults", new { call = "members.get", status = 500 });

    public override Task LosePostAsync() => Host.DoAsync("teams/faults", new { call = "conversations.create", status = 500, after_effect = true });

    /// <summary>Refused as a card and as plain text too; a decision edits two cards beside each other.</summary>
    public override Task RefuseEditAsync() => Host.DoAsync("teams/faults", new { call = "activities.update", times = 4, status = 400, error = "BadArgument" });

    public override async Task<IReadOnlyList<Seen>> SeesAsync(string person, Place place = Place.Requests)
    {
        var state = await StateAsync(person);
        return [.. MessagesOf(state, place).Where(m => (bool)m["from_app"]! && !(bool)m["deleted"]!).Select(m => Of(m, place))];
    }

    public override async Task<IReadOnlyList<Seen>> ToldAsync(string person)
    {
        var state = await StateAsync(person);
        var notes = Places.SelectMany(p => MessagesOf(state, p).Where(m => m["note"] is JsonObject).Select(m => new Seen((string)m["note"]!["text"]!, [], p, m)));
        return [.. notes, .. MessagesOf(state, Place.Direct).Where(m => (bool)m["from_app"]!).TakeLast(3).Select(m => Of(m, Place.Direct)),
            .. new[] { Place.Requests, Place.Loud }.SelectMany(p => MessagesOf(state, p).Where(m => (bool)m["own_view"]!).Select(m => Of(m, p)))];
    }

    public override async Task<SeenForm?> FormAsync(string person)
    {
        if (await OpenAsync(person) is not { } form)
            return null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in InputsOf(form.Card))
        {
            var id = (string)input["id"]!;
            if (((string?)form.Entered[id] ?? (string?)input["value"]) is { Length: > 0 } value)
                values[id["in_".Length..]] = value;
        }

        return new SeenForm(form.Name, Text(form.Card), values);
    }

    public override string AccountOf(string person) => $"teams:{TeamsAccounts.Tenant}/{TeamsAccounts.ObjectOf(person)}";

    public override string SaidOf(string person) => $"the Teams account {TeamsAccounts.ObjectOf(person)} (tenant {TeamsAccounts.Tenant})";

    public override string CatalogLineOf(string person) => $"teams: {TeamsAccounts.Tenant}/{TeamsAccounts.ObjectOf(person)}";

    public override string MentionOf(string person) => $"<at>{char.ToUpperInvariant(person[0])}{person[1..]}</at>";

    public override string? ThreadOf(Seen message) => (string?)message.Raw["root"];

    public override string IdOf(Seen message) => (string)message.Raw["id"]!;

    public override string LinkTo(Place place, string message) => $"/l/message/{Uri.EscapeDataString(ConversationOf(place))}/{message}?";

    /// <summary>Blocks of text, which are markdown, and mentions; runs of text are neither.</summary>
    public override string LiveOf(Seen message) =>
        string.Join('\n', CardShapes.All(message.Raw["card"], "TextBlock").Select(b => (string)b["text"]!)) + (string?)message.Raw["text"] + (message.Raw["card"]?["msteams"]?["entities"]?.ToJsonString() ?? "");

    private async Task<IReadOnlyList<Seen>> HomesAsync(string person) =>
        [.. (await SeesAsync(person, Place.Direct)).Where(m => CardShapes.All(m.Raw["card"], "Action.Execute", "Action.Submit").Any(a => (string?)a["data"]?["card"] == "home"))];

    /// <summary>What a button that somebody does not have would have sent.</summary>
    private async Task<string> AboutAsync(string action) => action is "end_now" or "review" or "done" or "extend" or "collect"
        ? (await QueryAsync<string>("select id from grants order by id desc"))[0]
        : (await QueryAsync<string>("select id from requests order by id desc"))[0];

    /// <summary>The form that a person has open: a dialog, or else the newest card with fields that they see.</summary>
    private async Task<OpenForm?> OpenAsync(string person)
    {
        var state = await StateAsync(person);
        if (state["dialog"] is JsonObject dialog)
            return new OpenForm((JsonObject)dialog["card"]!, dialog["inputs"] as JsonObject ?? [], (verb, inputs) => Host.DoAsync("teams/submit", new { person, verb, inputs, force = true }));
        var found = Places.SelectMany(p => MessagesOf(state, p).Select(m => (Place: p, Message: m)))
            .Where(x => x.Message["card"] is JsonObject card && InputsOf(card).Any())
            .OrderBy(x => long.Parse((string)x.Message["id"]!, CultureInfo.InvariantCulture))
            .LastOrDefault();
        return found.Message is null ? null : new OpenForm(
            (JsonObject)found.Message["card"]!,
            found.Message["inputs"] as JsonObject ?? [],
            (verb, inputs) => Host.DoAsync("teams/act", new { person, conversation = ConversationOf(found.Place), id = (string)found.Message["id"]!, verb, inputs, force = true }));
    }

    private async Task<JsonObject> StateAsync(string person) =>
        (JsonObject)JsonNode.Parse(await Host.Http.GetStringAsync(new Uri(Host.Slack.Url, "playground/teams/state?person=" + person)))!;

    private static IEnumerable<JsonObject> MessagesOf(JsonObject state, Place place)
    {
        var chat = place == Place.Direct ? (string)state["chats"]!.AsArray().First(c => (string?)c!["kind"] == "personal")!["id"]! : ConversationOf(place);
        return (state["messages"]![chat] as JsonArray ?? []).OfType<JsonObject>();
    }

    private static string ConversationOf(Place place) => place switch
    {
        Place.Requests => Requests,
        Place.Loud => Loud,
        Place.Operations => Operations,
        Place.Direct => "personal",
        _ => throw new InvalidOperationException($"{place} is no place."),
    };

    private static Seen Of(JsonObject message, Place place) => new(
        message["card"] is JsonObject card ? Text(card) : (string?)message["text"] ?? "",
        [.. Buttons(message["card"]?["body"])],
        place,
        message);

    private static IEnumerable<string> Buttons(JsonNode? card)
    {
        foreach (var action in CardShapes.All(card, "Action.Execute", "Action.Submit"))
            yield return (string?)action["verb"] ?? (string?)action["data"]?["verb"] ?? "";
        if (CardShapes.All(card, "Action.OpenUrl").Any(a => ((string)a["url"]!).Contains("/c/", StringComparison.Ordinal)))
            yield return "collect";
        if (CardShapes.All(card, "Action.OpenUrl").Any(a => ((string)a["url"]!).Contains("/l/message/", StringComparison.Ordinal)))
            yield return "see_it";
    }

    /// <summary>All that a card shows, as it reads: the runs of a block are one line.</summary>
    private static string Text(JsonNode? node) => node switch
    {
        JsonObject { } block when (string?)block["type"] == "RichTextBlock" => Read(string.Concat(block["inlines"]!.AsArray().Select(r => (string)r!["text"]!))) + "\n",
        JsonObject o => string.Concat(o.Where(p => p.Key is not ("fallbackText" or "fallback" or "msteams" or "refresh" or "data" or "id" or "style" or "type" or "$schema" or "version" or "url" or "weight" or "size" or "verb" or "width" or "spacing"))
            .Select(p => p.Value is JsonValue v ? (v.TryGetValue<string>(out var text) ? Read(text) + "\n" : "") : Text(p.Value))),
        JsonArray a => string.Concat(a.Select(Text)),
        _ => "",
    };

    private static string Read(string text) => Function().Replace(text, m => m.Groups["at"].Value);

    private static IEnumerable<JsonObject> InputsOf(JsonNode? card) => CardShapes.All(card, "Input.Text", "Input.ChoiceSet", "Input.Date", "Input.Time");

    /// <summary>What stands under each field in the colour of faults.</summary>
    private static Dictionary<string, string> FaultsOf(JsonNode? card)
    {
        var (faults, field) = (new Dictionary<string, string>(StringComparer.Ordinal), "");
        foreach (var element in (card?["body"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (((string)element["type"]!).StartsWith("Input.", StringComparison.Ordinal))
                field = ((string)element["id"]!)["in_".Length..].Replace("_time", "", StringComparison.Ordinal);
            else if ((string?)element["style"] == "attention" && field.Length > 0 && Text(element) is var said && said.Contains('⚠', StringComparison.Ordinal))
                faults[field] = said;
        }

        return faults;
    }

    [GeneratedRegex(@"\{\{(?:TIME|DATE)\((?<at>[^),]*)(?:,SHORT)?\)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Function();

    private sealed record OpenForm(JsonObject Card, JsonObject Entered, Func<string, JsonObject, Task<JsonObject>> PressAsync)
    {
        /// <summary>What its first button sends.</summary>
        public string Name => CardShapes.All(Card, "Action.Execute", "Action.Submit").Select(a => (string?)a["verb"] ?? (string?)a["data"]?["verb"]).First()!;
    }
}
