using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using JitBroker.Catalog;
using JitBroker.Playground;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;

namespace JitBroker.Server.Demo;

/// <summary>
/// Everything of the demo in one process, on loopback: a Slack workspace with a Teams tenant beside it, a broker on SQLite in a temporary folder, a guarded service as the target, and real servers as others,
/// throw-away ones, where their software is installed.
/// They speak to each other over the wire only, as they would on three machines. Disposing stops them and deletes the folder.
/// </summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    private const int Attempts = 5;

    /// <summary>What the broker runs, such as its sweeps, ends within it; who keeps a page of it open is not waited for longer.</summary>
    private static readonly TimeSpan StopFor = TimeSpan.FromSeconds(3);

    private readonly string _folder;
    private readonly WebApplication _broker;
    private readonly GuardedService _service;

    private readonly CancellationTokenSource _stopping = new();
    private Task _later = Task.CompletedTask;

    private DemoWorld(string folder, PlaygroundHost workspace, DemoTargets targets, WebApplication broker, Uri brokerUrl, GuardedService service) =>
        (_folder, Workspace, Targets, _broker, BrokerUrl, _service) = (folder, workspace, targets, broker, brokerUrl, service);

    public PlaygroundHost Workspace { get; }

    /// <summary>The real servers that there are, and why others are not.</summary>
    public DemoTargets Targets { get; }

    public Uri BrokerUrl { get; }

    public Uri ServiceUrl => _service.Url;

    /// <param name="preferred">The broker's port; the workspace takes the next, the service the one after. Null, or where one is taken: free ones.</param>
    /// <param name="isQuiet">Only warnings are logged.</param>
    public static async Task<DemoWorld> StartAsync(int? preferred, bool isQuiet, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await StartAtAsync(Ports(attempt == 1 ? preferred : null), isQuiet, cancellationToken);
            }
            catch (IOException e) when (e.InnerException is AddressInUseException && attempt < Attempts)
            {
                // Another program, such as a second demo, took one of them since it was looked at: others are free.
                continue;
            }
        }
    }

    private static async Task<DemoWorld> StartAtAsync(int[] ports, bool isQuiet, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("jitbroker-demo-").FullName;
        var secret = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var brokerUrl = Loopback(ports[0]);
        PlaygroundHost? workspace = null;
        var targets = new DemoTargets(brokerUrl);
        WebApplication? broker = null;
        try
        {
            workspace = await PlaygroundHost.StartAsync(new PlaygroundOptions { Clock = BrokerHost.NewClock(), Listen = Loopback(ports[1]) }, cancellationToken);
            await targets.StartAsync(cancellationToken);
            await File.WriteAllTextAsync(CatalogFile(folder), DemoCatalog.Text(targets.Found), cancellationToken);
            broker = BrokerHost.Build(ReadSettings(folder, brokerUrl, workspace, targets, secret), new BrokerHostOptions
            {
                ConfigureLogging = logging => logging.SetMinimumLevel(isQuiet ? LogLevel.Error : LogLevel.Warning).AddFilter("JitBroker", isQuiet ? LogLevel.Error : LogLevel.Warning),
            });
            await broker.StartAsync(cancellationToken);
            workspace.ConnectApp(brokerUrl);
            if (!await workspace.Teams.InstallAsync(cancellationToken))
                throw new StartException(["The broker did not take what Teams told it."]);
            return new DemoWorld(folder, workspace, targets, broker, brokerUrl, await GuardedService.StartAsync(Loopback(ports[2]), brokerUrl, secret, cancellationToken));
        }
        catch
        {
            if (broker is not null)
                await StopAsync(broker);
            if (workspace is not null)
                await workspace.DisposeAsync();
            await targets.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Starts what takes longer, beside everything else. The broker takes each over by itself, as it does any change of its catalog; then it is told.</summary>
    /// <param name="only">The targets that are wanted of them; none named: all.</param>
    public void StartLater(Action<string> tell, params IReadOnlyCollection<Type> only) => _later = _later.IsCompleted ? StartLaterAsync(tell, only, _stopping.Token) : _later;

    /// <summary>Comes back when each of them is there, or known not to come.</summary>
    public Task LaterAsync(CancellationToken cancellationToken) => _later.WaitAsync(cancellationToken);

    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _broker.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _later.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        await _service.DisposeAsync();
        await StopAsync(_broker);
        await Workspace.DisposeAsync();
        await Targets.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What it had started ends before what it uses is gone.</summary>
    private static async Task StopAsync(WebApplication broker)
    {
        using var enough = new CancellationTokenSource(StopFor);
        await broker.StopAsync(enough.Token).WaitAsync(enough.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await broker.DisposeAsync();
    }

    private Task StartLaterAsync(Action<string> tell, IReadOnlyCollection<Type> only, CancellationToken cancellationToken) => Targets.StartLaterAsync(
        async (target, absence) =>
        {
            if (target is null)
            {
                tell($"Not there: {absence}");
                return;
            }

            await File.WriteAllTextAsync(CatalogFile(_folder), DemoCatalog.Text(Targets.Found), cancellationToken);
            tell(target.Line);
        },
        only,
        cancellationToken);

    private static string CatalogFile(string folder) => Path.Combine(folder, "catalog.yaml");

    private static BrokerSettings ReadSettings(string folder, Uri brokerUrl, PlaygroundHost workspace, DemoTargets targets, string serviceSecret)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Broker:PublicUrl"] = brokerUrl.AbsoluteUri.TrimEnd('/'),
            ["Broker:Catalog"] = "catalog.yaml",
            ["Broker:AllowTestEndpoints"] = "true",
            ["Database:Kind"] = "sqlite",
            ["Database:ConnectionString"] = $"Data Source={Path.Combine(folder, "jitbroker.db")}",
            ["Slack:Enabled"] = "true",
            ["Slack:Mode"] = "http",
            ["Slack:ApiUrl"] = workspace.ApiUrl.AbsoluteUri,
            ["Slack:BotToken"] = workspace.Options.BotToken,
            ["Slack:SigningSecrets:0"] = workspace.Options.SigningSecret,
            ["Slack:Workspaces:0"] = workspace.Options.TeamId,
            ["Slack:Channel"] = "C0ACCESS",
            ["Slack:BreakGlassChannel"] = "C0BREAK",
            ["Slack:OperationsChannel"] = "C0OPS",
            ["Teams:Enabled"] = "true",
            ["Teams:AppId"] = workspace.Teams.Options.AppId.ToString(),
            ["Teams:Tenants:0"] = workspace.Teams.Options.TenantId.ToString(),
            ["Teams:ClientSecret"] = workspace.Teams.Options.ClientSecret,
            ["Teams:Authority"] = workspace.Teams.Authority.AbsoluteUri,
            ["Teams:OpenIdMetadataUrl"] = workspace.Teams.OpenIdMetadataUrl.AbsoluteUri,
            ["Teams:ServiceHosts:0"] = workspace.Teams.ServiceUrl.Authority,
            ["Teams:Channel"] = "19:access-requests@thread.tacv2",
            ["Teams:BreakGlassChannel"] = "19:break-glass@thread.tacv2",
            ["Teams:OperationsChannel"] = "19:operations@thread.tacv2",
            ["Signing:KeysDirectory"] = "keys",
        };
        var secrets = new SecretResolver(
            name => name == DemoCatalog.ServiceSecret ? serviceSecret : targets.Secret(name),
            folder);
        var result = SettingsLoader.Load(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), secrets, folder);
        return result.Settings ?? throw new StartException([.. result.Problems.Select(p => p.ToString())]);
    }

    private static Uri Loopback(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));

    /// <summary>Three ports that are free now.</summary>
    private static int[] Ports(int? preferred)
    {
        if (preferred is { } first && Enumerable.Range(first, 3).All(IsFree))
            return [first, first + 1, first + 2];
        var listeners = Enumerable.Range(0, 3).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Dispose());
        return ports;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
