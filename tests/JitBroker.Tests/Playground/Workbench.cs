using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground;

namespace JitBroker.Tests.Playground;

/// <summary>A playground, an app beside it and a clock, with short words for what tests do.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    private Workbench(ManualClock clock, FakeApp app, PlaygroundHost host) => (Clock, App, Host) = (clock, app, host);

    public ManualClock Clock { get; }
    public FakeApp App { get; }
    public PlaygroundHost Host { get; }
    public HttpClient Http => _http;

    public static async Task<Workbench> StartAsync(Func<PlaygroundOptions, PlaygroundOptions>? with = null)
    {
        var clock = new ManualClock();
        var app = await FakeApp.StartAsync();
        var options = new PlaygroundOptions { Clock = clock };
        var host = await PlaygroundHost.StartAsync(with?.Invoke(options) ?? options);
        host.ConnectApp(app.Url);
        return new Workbench(clock, app, host);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await App.DisposeAsync();
        _http.Dispose();
    }

    /// <summary>A control call.</summary>
    public async Task<JsonObject> DoAsync(string path, object body)
    {
        using var content = new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(Host.Url, "playground/" + path), content);
        return (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public async Task<JsonObject> StateAsync(string person = "ana") => (JsonObject)JsonNode.Parse(await _http.GetStringAsync(new Uri(Host.Url, "playground/state?person=" + person)))!;

    public async Task<JsonArray> MessagesAsync(string person = "ana", string conversation = "C0ACCESS") => (JsonArray)(await StateAsync(person))["messages"]![conversation]!;

    public async Task<JsonObject?> ModalAsync(string person = "ana") => ((JsonArray)(await StateAsync(person))["modals"]!).LastOrDefault() as JsonObject;

    /// <summary>A Web API call as the official client makes it: a form, objects as JSON strings.</summary>
    public async Task<JsonObject> CallAsync(string method, params (string Name, object Value)[] arguments) => (await SendAsync(method, arguments)).Answer;

    public async Task<(HttpResponseMessage Response, JsonObject Answer)> SendAsync(string method, params (string Name, object Value)[] arguments)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Host.ApiUrl, method));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Host.Options.BotToken);
        request.Content = new FormUrlEncodedContent(arguments.Select(a => KeyValuePair.Create(a.Name, a.Value as string ?? System.Text.Json.JsonSerializer.Serialize(a.Value))));
        var response = await _http.SendAsync(request);
        return (response, (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    /// <summary>POSTs to a response_url; the answer is plain text.</summary>
    public async Task<(HttpStatusCode Status, string Text)> AnswerAsync(string url, object body)
    {
        using var content = new StringContent(System.Text.Json.JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(url), content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public Task<JsonObject> SayAsync(string text, string person = "ana", string conversation = "C0ACCESS") => DoAsync("say", new { person, conversation, text });

    /// <summary>A fresh trigger id, taken from a slash command.</summary>
    public async Task<string> TriggerAsync(string person = "ana")
    {
        await SayAsync("/access", person);
        return App.Last.Form["trigger_id"];
    }

    /// <summary>Opens a modal for ana and returns its id.</summary>
    public async Task<string> OpenAsync(string view)
    {
        var opened = await CallAsync("views.open", ("trigger_id", await TriggerAsync()), ("view", view));
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());
        return (string)opened["view"]!["id"]!;
    }

    /// <summary>Waits for something that happens by itself soon.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds()) await Task.Delay(10, patience.Token);
    }
}
