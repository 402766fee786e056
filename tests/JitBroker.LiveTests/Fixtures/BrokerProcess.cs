using System.Globalization;
using JitBroker.Client;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>
/// The real built server as a process, in a folder as an operator keeps one. It can be killed at any instant and started again on the same folder and port.
/// </summary>
internal sealed class BrokerProcess : IAsyncDisposable
{
    private const string Dll = "JitBroker.Server.dll";

    private readonly BrokerFolder _folder;
    private readonly ChatWorkspace _workspace;
    private readonly List<RunningProgram> _lives = [];

    private BrokerProcess(BrokerFolder folder, ChatWorkspace workspace, Uri url) => (_folder, _workspace, Url) = (folder, workspace, url);

    /// <summary>Where this process listens.</summary>
    public Uri Url { get; }

    public BrokerFolder Folder => _folder;

    /// <summary>The process of now.</summary>
    public RunningProgram Program => _lives[^1];

    /// <summary>All that was logged in all its lives.</summary>
    public string Log => string.Join('\n', _lives.Select(l => l.Everything));

    public static Uri NewUrl() => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Ports.Take()}/"));

    /// <summary>A broker in a folder of its own, ready, with the workspace connected to it.</summary>
    /// <param name="postgres">A connection string; null for SQLite.</param>
    /// <param name="keys">Where its private keys are: replicas may share them.</param>
    /// <param name="waits">False: comes back before it is ready.</param>
    /// <param name="crashPoints">It can be told where to die.</param>
    /// <param name="publicUrl">The shared address of several replicas; null: its own.</param>
    /// <param name="target">One more issuer in the catalog.</param>
    public static async Task<BrokerProcess> StartAsync(
        ChatWorkspace workspace, string? postgres = null, Uri? publicUrl = null, string logLevel = "Information", string keys = "keys", bool waits = true, bool crashPoints = false, LiveTarget? target = null)
    {
        var url = NewUrl();
        var broker = new BrokerProcess(BrokerFolder.New(workspace, publicUrl ?? url, postgres, logLevel, keys, target), workspace, url);
        workspace.ConnectTo(url);
        if (crashPoints)
            Directory.CreateDirectory(broker.Folder.CrashPoints);
        if (waits)
            await broker.StartAsync();
        else
            broker._lives.Add(Launch(broker._folder, workspace, url));
        return broker;
    }

    /// <summary>Starts it, again, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        _lives.Add(Launch(_folder, _workspace, Url));
        await ReadyAsync();
    }

    /// <summary>Starts the server in a folder, and does not wait.</summary>
    public static RunningProgram Launch(BrokerFolder folder, ChatWorkspace workspace, Uri url, params string[] arguments) =>
        RunningProgram.StartOurs(Dll, arguments, folder.FolderPath, Environment(folder, workspace, url));

    /// <summary>Runs a command of the server in a folder, without a workspace.</summary>
    public static Task<(int Code, string Output, string Errors)> RunAsync(BrokerFolder folder, params string[] arguments) =>
        RunningProgram.RunOursAsync(Dll, arguments, folder.FolderPath);

    public Task KillAsync() => Program.KillAsync();

    /// <summary>Asks it to stop; the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await Program.SignalAsync("TERM");
        return await Program.ExitAsync();
    }

    public async Task ReadyAsync()
    {
        using var client = new BrokerClient(Url);
        await Eventually.TrueAsync(async () =>
        {
            Assert.False(Program.HasExited, $"The broker ended at its start:\n{Program.Everything}");
            try
            {
                return (await client.GetReadinessAsync(CancellationToken.None)).Value.Status == "ok";
            }
            catch (BrokerUnreachableException)
            {
                return false;
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var life in _lives)
            await life.DisposeAsync();
        _folder.Dispose();
    }

    private static Dictionary<string, string?> Environment(BrokerFolder folder, ChatWorkspace workspace, Uri url) => new(folder.Secrets.ToDictionary(s => s.Key, s => (string?)s.Value, StringComparer.Ordinal))
    {
        [CrashPoints.Variable] = Directory.Exists(folder.CrashPoints) ? folder.CrashPoints : null,
        ["ASPNETCORE_URLS"] = url.AbsoluteUri.TrimEnd('/'),
        ["LIVE_BOT_TOKEN"] = workspace.Options.BotToken,
        ["LIVE_SIGNING_SECRET"] = workspace.Options.SigningSecret,
        ["LIVE_SERVICE_SECRET"] = LiveCatalog.ServiceSecret,
    };
}
