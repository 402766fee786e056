using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Bots.Slack;
using JitBroker.Bots.Chat;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Playground;
using JitBroker.Policy;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Slack;

/// <summary>The broker behind its real HTTP door, a playground beside it, a database and a clock that stands: what a workspace and the broker do to each other.</summary>
internal sealed class SlackBench : IAsyncDisposable
{
    public const string Channel = "C0ACCESS";
    public const string Operations = "C0OPS";

    /// <summary>Everything goes wrong now and then, but for what a person waits for: calls that fail then are answered with a sentence, which other tests look at.</summary>
    private static readonly object Chaos = new
    {
        chaos = new
        {
            seed = 20261122, drop_acks = 0.25, duplicate = 0.3, reorder = 0.15, delay = 0.25, rate_limit = 0.12, error = 0.12, lose_answer = 0.12, slow_answer = 0.2, delay_ms = 150,
            methods = new[] { "chat.postMessage", "chat.update", "conversations.open", "conversations.info" },
        },
    };

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly Databases _databases;
    private readonly WebApplication _web;

    private readonly bool _isChaos;

    private SlackBench(Databases databases, ManualClock clock, PlaygroundHost slack, WebApplication web, ScriptedIssuer issuer, bool isChaos) =>
        (_databases, Clock, Slack, _web, Issuer, _isChaos) = (databases, clock, slack, web, issuer, isChaos);

    public ManualClock Clock { get; }

    public PlaygroundHost Slack { get; }

    public ScriptedIssuer Issuer { get; }

    public Uri Door => new(_web.Urls.First());

    public HttpClient Http => _http;

    public static async Task<SlackBench> StartAsync(
        CatalogSnapshot? catalog = null, Func<PlaygroundOptions, PlaygroundOptions>? workspace = null, Func<SlackOptions, SlackOptions>? settings = null, bool works = true,
        Wiring wiring = Wiring.Http, bool opens = true, ILoggerProvider? log = null)
    {
        var databases = await Databases.NewAsync(Engine.Sqlite);
        var clock = new ManualClock();
        var ours = new PlaygroundOptions { Clock = clock };
        var slack = await PlaygroundHost.StartAsync(workspace?.Invoke(ours) ?? ours);
        var options = new SlackOptions
        {
            Enabled = true,
            ApiUrl = slack.ApiUrl,
            BotToken = () => slack.Options.BotToken,
            SigningSecrets = () => ["retired", slack.Options.SigningSecret],
            Workspaces = [slack.Options.TeamId],
            Channel = Channel,
            OperationsChannel = Operations,
            AllowTestEndpoints = true,
            Mode = wiring is Wiring.Socket or Wiring.SocketInChaos ? SlackOptions.Socket : SlackOptions.Http,
            AppToken = () => slack.Options.AppToken,
        };
        options = settings?.Invoke(options) ?? options;
        var issuer = new ScriptedIssuer();
        var web = Compose(databases, clock, options, issuer, catalog ?? TestCatalog.Of(), works, log);
        await web.StartAsync();
        slack.ConnectApp(new Uri(web.Urls.First()));
        var bench = new SlackBench(databases, clock, slack, web, issuer, wiring is Wiring.HttpInChaos or Wiring.SocketInChaos);
        if (options.Mode == SlackOptions.Socket && opens)
            await Eventually.TrueAsync(() => Task.FromResult(bench.Get<SlackStanding>().OpenSockets == options.Sockets));
        if (bench._isChaos)
            await bench.DoAsync("faults", Chaos);
        return bench;
    }

    public T Get<T>()
        where T : notnull => _web.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await Slack.DisposeAsync();
        await _web.DisposeAsync();
        await _databases.DisposeAsync();
        _http.Dispose();
    }

    // What people do.

    public Task<JsonObject> SayAsync(string person, string text, string conversation = Channel) => DoAsync("say", new { person, conversation, text });

    public Task<JsonObject> PressAsync(string person, JsonObject message, string action, string conversation = Channel, object? forged = null, string? value = null) => DoAsync(
        "act", new { person, conversation, ts = (string)message["ts"]!, action_id = action, block_id = BlockOf(message, action, value), @override = forged });

    public Task<JsonObject> ChooseAsync(string person, string block, object value) => ViewAsync(person, "act", id => new { person, view_id = id, block_id = block, action_id = "value", value });

    public Task<JsonObject> SuggestAsync(string person, string typed) =>
        ViewAsync(person, "suggest", id => new { person, view_id = id, block_id = "entitlement", action_id = "value", value = typed });

    /// <summary>Opens their Home tab, and waits until something of ours stands there.</summary>
    public async Task<JsonObject> OpenHomeAsync(string person)
    {
        Assert.True((bool)(await DoAsync("home", new { person, tab = "home" }))["ok"]!);
        await UntilAsync(async () => await HomeAsync(person) is not null);
        return (await HomeAsync(person))!;
    }

    public async Task<JsonObject> PressHomeAsync(string person, string action, string? value = null)
    {
        var home = (await HomeAsync(person))!;
        var block = home["blocks"]!.AsArray().OfType<JsonObject>().First(b => ElementsOf(b).Any(e => (string?)e["action_id"] == action && (value is null || (string?)e["value"] == value)));
        return await DoAsync("act", new { person, view_id = (string)home["id"]!, block_id = (string)block["block_id"]!, action_id = action });
    }

    /// <summary>What they have typed and not yet sent, as the playground's client tells it.</summary>
    public static string? Entered(JsonObject? view, string block) => (string?)view?["state"]?["values"]?[block]?["value"]?["value"];

    public Task<JsonObject> SubmitAsync(string person, object? values = null, bool force = false) => DoAsync("submit", new { person, values, force });

    // What they see.

    public async Task<IReadOnlyList<JsonObject>> SeesAsync(string person, string conversation = Channel) =>
        [.. ((await StateAsync(person))["messages"]![conversation] as JsonArray ?? []).OfType<JsonObject>()];

    public async Task<JsonObject?> CardAsync(string person = "bea", string conversation = Channel) =>
        (await SeesAsync(person, conversation)).LastOrDefault(m => (bool)m["from_app"]! && !(bool)m["ephemeral"]!);

    public async Task<JsonObject?> WhisperAsync(string person, string conversation = Channel) =>
        (await SeesAsync(person, conversation)).LastOrDefault(m => (bool)m["from_app"]! && (bool)m["ephemeral"]!);

    public async Task<JsonObject?> ModalAsync(string person) => ((JsonArray)(await StateAsync(person))["modals"]!).LastOrDefault() as JsonObject;

    public async Task<JsonObject?> HomeAsync(string person) => (await StateAsync(person))["home"] as JsonObject;

    /// <summary>Lets pass what makes several moves one edit, until a Home says it.</summary>
    public Task UntilHomeAsync(string person, string text) => UntilAsync(async () =>
    {
        Clock.Advance(Announcer.HomePause);
        return Text(await HomeAsync(person)).Contains(text, StringComparison.Ordinal);
    });

    public static string Direct(string person) => "D0" + person.ToUpperInvariant();

    /// <summary>All that a message or view shows, as one text.</summary>
    public static string Text(JsonNode? node) => node switch
    {
        JsonObject o => string.Join('\n', o.Where(p => p.Key is "text" or "blocks" or "accessory" or "elements" or "element" or "label" or "hint" or "title" or "placeholder" or "options" or "initial_option" or "errors")
            .Select(p => p.Value is JsonValue v ? v.ToString() : Text(p.Value))),
        JsonArray a => string.Join('\n', a.Select(Text)),
        _ => "",
    };

    public static bool HasButton(JsonObject? message, string action) => Elements(message).Any(e => (string?)e["action_id"] == action);

    // What happens by itself.

    /// <summary>Sends what is due until the condition holds. In chaos things are late and tried again, so time passes meanwhile.</summary>
    public Task UntilAsync(Func<Task<bool>> holds, int seconds = 60) => Eventually.TrueAsync(
        async () =>
        {
            await RingAsync();
            if (await holds())
                return true;
            if (_isChaos)
                Clock.Advance(Moment);
            return false;
        },
        seconds);

    /// <summary>Sends what is due. The clock stands, so where our own pace makes a call wait a moment, that moment is let pass.</summary>
    public async Task RingAsync()
    {
        var sending = Get<DeliverOutbox>().RunAsync(CancellationToken.None);
        while (await Task.WhenAny(sending, Task.Delay(200)) != sending)
            Clock.Advance(TimeSpan.FromMilliseconds(200));
        await sending;
    }

    public Task UntilWhisperAsync(string person, string text, string conversation = Channel) =>
        UntilAsync(async () => Text(await WhisperAsync(person, conversation)).Contains(text, StringComparison.Ordinal));

    /// <summary>
    /// Waits until nothing that Slack delivered is being worked on: before the clock is moved past the deadline of a call that is under way, or before a person says the next thing,
    /// since what is worked on side by side is answered in any order.
    /// </summary>
    public Task UntilIdleAsync() => UntilAsync(() => Task.FromResult(Get<SlackWork>().IsIdle));

    public Task UntilCardAsync(string text, string person = "bea", string conversation = Channel) =>
        UntilAsync(async () => Text(await CardAsync(person, conversation)).Contains(text, StringComparison.Ordinal));

    public async Task<JsonObject> AskAsync(string person = "ana", string entitlement = TestCatalog.Logs, string duration = "1h", string reason = "INC-42 slow checkout")
    {
        Assert.True((bool)(await SayAsync(person, $"/access request {entitlement} {duration} {reason}"))["ok"]!);
        await UntilCardAsync("asks for");
        await UntilAsync(async () => HasButton(await CardAsync(person, Direct(person)), "cancel") || HasButton(await CardAsync(person, Direct(person)), "collect"));
        return (await CardAsync())!;
    }

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        _databases.Database.ReadAsync(s => s.QueryAsync<T>(sql, parameters, CancellationToken.None), CancellationToken.None);

    /// <summary>Waits for a row without sending anything, while time passes.</summary>
    public Task UntilRowAsync(string sql) => Eventually.TrueAsync(
        async () =>
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            return (await QueryAsync<string>(sql)).Count > 0;
        },
        60);

    public Task FaultAsync(object fault) => DoAsync("faults", fault);

    public async Task<IReadOnlyList<JsonObject>> CallsAsync(string method) =>
        [.. ((JsonArray)(await LogAsync())["calls"]!).OfType<JsonObject>().Where(c => (string?)c["method"] == method)];

    public async Task<JsonObject> LastDeliveryAsync(string type) => ((JsonArray)(await LogAsync())["deliveries"]!).OfType<JsonObject>().Last(d => (string?)d["type"] == type);

    public async Task<JsonObject> LogAsync() => (JsonObject)JsonNode.Parse(await _http.GetStringAsync(new Uri(Slack.Url, "playground/log?last=1000")))!;

    public async Task<JsonObject> DoAsync(string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        var doing = _http.PostAsync(new Uri(Slack.Url, "playground/" + path), content);

        // In chaos a delivery may be held back for a moment, and the clock stands.
        while (_isChaos && await Task.WhenAny(doing, Task.Delay(Moment)) != doing)
            Clock.Advance(Moment);
        using var response = await doing;
        return (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static WebApplication Compose(Databases databases, ManualClock clock, SlackOptions options, ScriptedIssuer issuer, CatalogSnapshot catalog, bool works, ILoggerProvider? log)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null)
            builder.Logging.AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IIssuer>(issuer);
        builder.Services.AddCore(new CoreOptions(
            databases.Database, clock, catalog, new BrokerLimits(TimeSpan.FromHours(4), TimeSpan.FromHours(12)), new AskLimits(), MintOptions.Default,
            new ChatSurfaces([options.ToSurface()]), new Replica("bench")));
        builder.Services.AddChat(new ChatLinks(new Uri("https://jit.example"))).AddSlack(options);
        if (!works)
        {
            // A process that dies after its 200: nobody works on what it took.
            var worker = builder.Services.Last(s => s.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService) && s.ImplementationFactory is not null);
            builder.Services.Remove(worker);
        }

        var web = builder.Build();
        web.MapSlack();
        return web;
    }

    private async Task<JsonObject> ViewAsync(string person, string path, Func<string, object> body) => await DoAsync(path, body((string)(await ModalAsync(person))!["id"]!));

    public async Task<JsonObject> StateAsync(string person) => (JsonObject)JsonNode.Parse(await _http.GetStringAsync(new Uri(Slack.Url, "playground/state?person=" + person)))!;

    private static IEnumerable<JsonObject> Elements(JsonObject? message) => (message?["blocks"] as JsonArray ?? []).OfType<JsonObject>().SelectMany(ElementsOf);

    private static IEnumerable<JsonObject> ElementsOf(JsonObject block) =>
        (block["elements"] as JsonArray ?? []).OfType<JsonObject>().Concat(block["accessory"] is JsonObject accessory ? [accessory] : []);

    private static string? BlockOf(JsonObject message, string action, string? value) => (message["blocks"] as JsonArray ?? []).OfType<JsonObject>()
        .FirstOrDefault(b => (b["elements"] as JsonArray ?? []).OfType<JsonObject>().Any(e => (string?)e["action_id"] == action && (value is null || (string?)e["value"] == value)))?["block_id"]?.ToString();
}
