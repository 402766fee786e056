using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace JitBroker.Tests.Issuing;

/// <summary>A management API in the hands of a test: it answers what it is told and remembers what it was asked.</summary>
internal sealed class FakeManagement : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeManagement(WebApplication app) => _app = app;

    /// <summary>METHOD and path with query, percent-encoding as it came.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public Uri Url => new(_app.Urls.First());

    public static async Task<FakeManagement> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeManagement(app);
        app.Run(context =>
        {
            var feature = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!;
            fake.Asked.Enqueue($"{context.Request.Method} {feature.RawTarget}");
            return answer(context);
        });
        await app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
