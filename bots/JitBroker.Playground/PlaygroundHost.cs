using System.Net;
using JitBroker.Playground.Chaos;
using JitBroker.Playground.Control;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Page;
using JitBroker.Playground.Sockets;
using JitBroker.Playground.State;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground;

/// <summary>A running workspace: Slack's Web API, deliveries to one app, a Teams tenant beside it, a page and a control API. Dispose to stop it.</summary>
public sealed class PlaygroundHost : IAsyncDisposable
{
    // as Slack's, often enough for a client that gives up after half a minute of silence
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PongWithin = TimeSpan.FromSeconds(20);

    private readonly WebApplication _web;
    private readonly AppAddresses _addresses;
    private readonly HttpAppDelivery _http;
    private readonly List<IAsyncDisposable> _running = [];

    private PlaygroundHost(PlaygroundOptions options, WebApplication web, AppAddresses addresses, HttpAppDelivery http) =>
        (Options, _web, _addresses, _http) = (options, web, addresses, http);

    /// <summary>What it was started with; tokens and signing secret that were not given are here.</summary>
    public PlaygroundOptions Options { get; }

    /// <summary>The page's address, with a trailing slash.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The Web API's base, with a trailing slash: the value of <c>Slack:ApiUrl</c>.</summary>
    public Uri ApiUrl => new(Url, "api/");

    /// <summary>The Teams tenant beside the Slack workspace, with the same people.</summary>
    public PlaygroundTeams Teams { get; private set; } = null!;

    /// <summary>Tells both workspaces where the app listens, by its base address: /slack/events, /slack/commands, /slack/interactions and /api/messages there.</summary>
    public void ConnectApp(Uri baseAddress)
    {
        EventsUrl = new Uri(baseAddress, "/slack/events");
        CommandsUrl = new Uri(baseAddress, "/slack/commands");
        InteractionsUrl = new Uri(baseAddress, "/slack/interactions");
        Teams.MessagesUrl = new Uri(baseAddress, "/api/messages");
    }

    /// <summary>The app's address for events, and for the others where those are null.</summary>
    public Uri? EventsUrl { get => _addresses.Events; set => _addresses.Events = value; }

    /// <summary>The app's address for slash commands.</summary>
    public Uri? CommandsUrl { get => _addresses.Commands; set => _addresses.Commands = value; }

    /// <summary>The app's address for buttons, modals, options and shortcuts.</summary>
    public Uri? InteractionsUrl { get => _addresses.Interactions; set => _addresses.Interactions = value; }

    /// <summary>Starts a workspace and returns when it answers.</summary>
    /// <exception cref="ArgumentException">The listen address is not loopback: whoever reaches the page can act as anybody.</exception>
    public static async Task<PlaygroundHost> StartAsync(PlaygroundOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Listen.IsLoopback) throw new ArgumentException($"The playground listens on loopback only, not on {options.Listen}: whoever reaches it can act as anybody.", nameof(options));
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(PlaygroundHost).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 << 20;
            kestrel.Listen(IPAddress.TryParse(options.Listen.Host.Trim('[', ']'), out var ip) ? ip : IPAddress.Loopback, options.Listen.Port);
        });
        var web = builder.Build();
        var host = Compose(options, web);
        await web.StartAsync(ct);
        host.Url = new Uri(web.Urls.First().TrimEnd('/') + "/");
        return host;
    }

    /// <summary>Stops listening, closes sockets and gives up pending retries.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var running in _running) await running.DisposeAsync();
        await _web.StopAsync();
        await _web.DisposeAsync();
        _http.Dispose();
    }

    private static PlaygroundHost Compose(PlaygroundOptions options, WebApplication web)
    {
        var (workspace, addresses, deliveries, calls, faults) = (new Workspace(options), new AppAddresses(options), new DeliveryLog(), new CallLog(), new Faults());
        var (chaos, http) = (new ChaosSwitch(), new HttpAppDelivery(options, addresses, deliveries));
        var host = new PlaygroundHost(options, web, addresses, http);
        var hub = new SocketHub(workspace, () => host.Url);
        var router = new AppRouter(http, new SocketAppDelivery(options, hub, deliveries, () => host.Url), hub, addresses);
        var app = new ChaosDelivery(router, chaos, options.Clock);
        var events = new EventDispatch(app, options.Clock);
        host.Teams = new PlaygroundTeams(options, workspace.Changes, chaos, () => host.Url);
        host._running.AddRange([events, app, hub, host.Teams]);
        var payloads = new Payloads(workspace, () => host.Url);
        var (views, chance) = (new ViewMethods(workspace, payloads), new CallFaults(chaos));
        var api = new WebApiEndpoint(workspace, [.. new ChatMethods(workspace, payloads).All, .. new ConversationMethods(workspace).All,
            .. new UserMethods(workspace).All, .. views.All, .. new SocketMethods(hub).All], faults, chance, calls);
        var control = new ControlEndpoints(workspace, new StateOfPerson(workspace, payloads, addresses, hub, chaos), new WireLog(deliveries, calls), new Composer(workspace, payloads, app),
            new BlockActions(workspace, payloads, app), new Suggestions(workspace, payloads, app), new ModalActions(workspace, payloads, app, views),
            new AppEvents(workspace, payloads, app, events), new Testing(workspace, http, router, deliveries, addresses), new Troubles(workspace, faults, chaos, hub), web.Lifetime);
        web.UseWebSockets(new WebSocketOptions { KeepAliveInterval = PingEvery, KeepAliveTimeout = PongWithin });
        web.Use(next => context => ControlGuard.InvokeAsync(context, next));
        web.MapGet("/link/", hub.HandleAsync);
        web.MapPost("/api/{method}", api.HandleAsync);
        web.MapGet("/api/{method}", api.HandleAsync);
        web.MapPost("/hooks/{kind}/{team}/{secret}", new ResponseUrlEndpoint(workspace, faults, chance, calls).HandleAsync);
        control.Map(web);
        host.Teams.Map(web);
        PageEndpoints.Map(web);
        return host;
    }
}
