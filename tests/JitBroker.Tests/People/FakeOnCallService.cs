using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.People;

/// <summary>An on-call service in the hands of a test: answers as it is told and remembers what it was asked.</summary>
internal sealed class FakeOnCallService : IAsyncDisposable
{
    private readonly WebApplication _web;

    private FakeOnCallService(WebApplication web) => _web = web;

    /// <summary>From path and query to status and body; a status below 0 never answers.</summary>
    public Func<string, (int Status, string Body)> Answers { get; set; } = _ => (404, "{}");

    public List<(string Target, string Authorization, string Accept)> Asked { get; } = [];

    public Uri Url => new(_web.Urls.First());

    public static async Task<FakeOnCallService> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var service = new FakeOnCallService(builder.Build());
        service._web.Run(service.AnswerAsync);
        await service._web.StartAsync();
        return service;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var target = http.Request.Path + Uri.UnescapeDataString(http.Request.QueryString.Value ?? "");
        lock (Asked)
            Asked.Add((target, http.Request.Headers.Authorization.ToString(), http.Request.Headers.Accept.ToString()));
        var (status, body) = Answers(target);
        if (status < 0)
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        http.Response.StatusCode = status;
        if (status is >= 300 and < 400)
            http.Response.Headers.Location = body;
        else
            await http.Response.WriteAsync(body);
    }
}
