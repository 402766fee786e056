using System.Globalization;
using JitBroker.Playground;
using JitBroker.Server.Hosting;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>A Slack workspace in this process, with the people of <see cref="LiveCatalog"/> in it.</summary>
internal sealed class ChatWorkspace : IAsyncDisposable
{
    public const string Channel = "C0ACCESS";

    private readonly PlaygroundHost _host;

    private ChatWorkspace(PlaygroundHost host)
    {
        _host = host;
        Http = new HttpClient { BaseAddress = host.Url };
    }

    /// <summary>The workspace's control API.</summary>
    public HttpClient Http { get; }

    public PlaygroundOptions Options => _host.Options;

    public Uri ApiUrl => _host.ApiUrl;

    public static async Task<ChatWorkspace> StartAsync()
    {
        var crowd = Enumerable.Range(0, LiveCatalog.Crowd).Select(i =>
            new PlaygroundPerson(LiveCatalog.UserOf(i), string.Create(CultureInfo.InvariantCulture, $"app{i:00}"), $"Approver {i.ToString(CultureInfo.InvariantCulture)}") { Email = LiveCatalog.EmailOf(i) });
        return new ChatWorkspace(await PlaygroundHost.StartAsync(new PlaygroundOptions
        {
            Clock = BrokerHost.NewClock(),
            People = [.. PlaygroundDefaults.People, .. crowd],
            RateLimits = new PlaygroundRateLimits { Enabled = false },
        }));
    }

    /// <summary>From now on Slack's deliveries go to this broker.</summary>
    public void ConnectTo(Uri broker) => _host.ConnectApp(broker);

    /// <summary>Somebody at the workspace's page.</summary>
    public Person As(string user) => new(Http, user);

    /// <summary>What went over the wire, both ways.</summary>
    public Task<string> WireLogAsync() => Http.GetStringAsync(new Uri("playground/log?last=1000", UriKind.Relative));

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
    }
}
