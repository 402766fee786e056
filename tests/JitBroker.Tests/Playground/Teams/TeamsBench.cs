using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Playground;

namespace JitBroker.Tests.Playground.Teams;

/// <summary>A tenant, a bot beside it and a clock, with short words for what tests do.</summary>
internal sealed class TeamsBench : IAsyncDisposable
{
    public const string Ana = "29:1ana-Qm9iX2FuYQ";
    public const string Bea = "29:1bea-Qm9iX2JlYQ";
    public const string Requests = "19:access-requests@thread.tacv2";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private string? _token;

    private TeamsBench(ManualClock clock, FakeApp bot, PlaygroundHost host) => (Clock, Bot, Host) = (clock, bot, host);

    public ManualClock Clock { get; }
    public FakeApp Bot { get; }
    public PlaygroundHost Host { get; }
    public PlaygroundTeams Teams => Host.Teams;
    public HttpClient Http => _http;

    /// <summary>The app is in the team and everybody's chat; nothing throttles and no client refreshes by itself unless asked to.</summary>
    public static async Task<TeamsBench> StartAsync(Func<PlaygroundTeamsOptions, PlaygroundTeamsOptions>? with = null, bool isInstalled = true)
    {
        var clock = new ManualClock();
        var bot = await FakeApp.StartAsync();
        var teams = new PlaygroundTeamsOptions { Throttles = false, RefreshesByItself = false };
        var host = await PlaygroundHost.StartAsync(new PlaygroundOptions { Clock = clock, Teams = with?.Invoke(teams) ?? teams });
        host.ConnectApp(bot.Url);
        if (isInstalled) Assert.True(await host.Teams.InstallAsync());
        return new TeamsBench(clock, bot, host);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Bot.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>A control call.</summary>
    public async Task<JsonObject> DoAsync(string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(Host.Url, "playground/teams/" + path), content);
        return (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public async Task<JsonObject> StateAsync(string person = "ana") => (JsonObject)JsonNode.Parse(await _http.GetStringAsync(new Uri(Host.Url, "playground/teams/state?person=" + person)))!;

    public async Task<JsonObject> MessageAsync(string id, string person = "ana", string chat = Requests) =>
        Assert.IsType<JsonObject>(((JsonArray)(await StateAsync(person))["messages"]![chat]!).Single(m => (string)m!["id"]! == id));

    public async Task<string> PersonalAsync(string person = "ana") => (string)((JsonArray)(await StateAsync(person))["chats"]!).Single(c => (string)c!["kind"]! == "personal")!["id"]!;

    public async Task<JsonObject> LogAsync() => (JsonObject)JsonNode.Parse(await _http.GetStringAsync(new Uri(Host.Url, "playground/teams/log?last=1000")))!;

    /// <summary>A token of the bot's, as the token endpoint gives it.</summary>
    public async Task<(int Status, JsonObject Answer)> TokenAsync(string? secret = null, string? tenant = null, string scope = "https://api.botframework.com/.default", string? client = null)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = client ?? Teams.Options.AppId.ToString(), ["client_secret"] = secret ?? Teams.Options.ClientSecret, ["scope"] = scope,
        });
        using var response = await _http.PostAsync(new Uri(Teams.Authority, $"{tenant ?? Teams.Options.TenantId.ToString()}/oauth2/v2.0/token"), form);
        return ((int)response.StatusCode, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>A call of the connector; segments are encoded as a careful client does.</summary>
    public async Task<(int Status, JsonNode? Answer, int? RetryAfter)> CallAsync(HttpMethod method, string[] path, object? body = null, string? token = null)
    {
        _token ??= (string)(await TokenAsync()).Answer["access_token"]!;
        using var request = new HttpRequestMessage(method, new Uri(Teams.ServiceUrl, "v3/" + string.Join('/', path.Select(Uri.EscapeDataString))));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token ?? _token);
        if (body is not null) request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), (int?)response.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    /// <summary>Posts a card and returns the message's id.</summary>
    public async Task<string> PostAsync(string card, string conversation = Requests)
    {
        var (status, answer, _) = await CallAsync(HttpMethod.Post, ["conversations", conversation, "activities"], Activity(card));
        Assert.True(status == 201, answer?.ToJsonString());
        return (string)answer!["id"]!;
    }

    public async Task EditAsync(string id, string card)
    {
        var (status, answer, _) = await CallAsync(HttpMethod.Put, ["conversations", Requests, "activities", id], Activity(card));
        Assert.True(status == 200, answer?.ToJsonString());
    }

    public static JsonObject Activity(string card) => new()
    {
        ["type"] = "message", ["summary"] = "a card",
        ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = JsonNode.Parse(card) }),
    };

    /// <summary>A card with one line and these further properties.</summary>
    public static string Card(string text, string more = "") => $$"""{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"{{text}}","wrap":true}]{{more}}}""";

    /// <summary>The answer to a press that shows a card.</summary>
    public static string Shows(string card) => $$"""{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":{{card}}}""";

    /// <summary>The answer to an invoke that opens a dialog, or its next step.</summary>
    public static string Opens(string card, string title = "Ask") =>
        $$$"""{"task":{"type":"continue","value":{"title":"{{{title}}}","height":"medium","width":"medium","card":{"contentType":"application/vnd.microsoft.card.adaptive","content":{{{card}}} } } } }""";
}
