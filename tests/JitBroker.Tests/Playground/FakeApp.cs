using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Playground;

/// <summary>What one delivery looked like when it arrived.</summary>
internal sealed record Arrived(string Path, string ContentType, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public IReadOnlyDictionary<string, string> Form => QueryHelpers.ParseQuery(Text).ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);

    public JsonObject Json => (JsonObject)JsonNode.Parse(ContentType == "application/json" ? Text : Form["payload"])!;
}

/// <summary>An app that does as each test says, over real HTTP.</summary>
internal sealed class FakeApp : IAsyncDisposable
{
    private readonly WebApplication _web;

    private FakeApp(WebApplication web) => _web = web;

    public ConcurrentQueue<Arrived> Arrivals { get; } = new();

    /// <summary>What to answer; null is an empty 200.</summary>
    public Func<Arrived, Task<(int Status, string? Json)>> Answer { get; set; } = _ => Task.FromResult<(int, string?)>((200, null));

    public Uri Url => new(_web.Urls.First());

    public Arrived Last => Arrivals.Last();

    public void Answers(string json) => Answer = _ => Task.FromResult<(int, string?)>((200, json));

    public void Answers(int status) => Answer = _ => Task.FromResult<(int, string?)>((status, null));

    public static async Task<FakeApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = new FakeApp(builder.Build());
        app._web.MapPost("/{**path}", app.HandleAsync);
        await app._web.StartAsync();
        return app;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var arrived = new Arrived(http.Request.Path, http.Request.ContentType ?? "", headers, body.ToArray());
        Arrivals.Enqueue(arrived);
        var (status, json) = await Answer(arrived);
        http.Response.StatusCode = status;
        if (json is null) return;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(json);
    }
}
