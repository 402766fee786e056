using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;
using JitBroker.Server.Demo;
using JitBroker.Storage;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>One broker that can be told where to die, its workspace and its people. Comes back to life as an operator's supervisor would bring it.</summary>
internal sealed class CrashRig : IAsyncDisposable
{
    /// <summary>A person who sees nothing happen for so long tries again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>So long without a new point, and nothing is going on.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromMilliseconds(600);

    private readonly ChatWorkspace _workspace;
    private readonly BrokerProcess _broker;
    private readonly string _points;

    private CrashRig(ChatWorkspace workspace, BrokerProcess broker, Evidence evidence, BrokerClient ana)
    {
        (_workspace, _broker, Evidence, Ana) = (workspace, broker, evidence, ana);
        _points = broker.Folder.CrashPoints;
    }

    public Evidence Evidence { get; }

    /// <summary>Ana's session, which outlives each process.</summary>
    public BrokerClient Ana { get; }

    public string Log => _broker.Log;

    public static async Task<CrashRig> StartAsync(Engine engine)
    {
        var postgres = engine == Engine.Postgres ? await (await Postgres.SharedAsync()).NewDatabaseAsync() : null;
        var workspace = await ChatWorkspace.StartAsync();
        var broker = await BrokerProcess.StartAsync(workspace, postgres, crashPoints: true);
        var evidence = postgres is null ? Evidence.OfSqlite(broker.Folder.DatabaseFile) : Evidence.OfPostgres(postgres);
        var token = await workspace.As("U0ANA").TokenAsync(broker.Url);
        return new CrashRig(workspace, broker, evidence, new BrokerClient(broker.Url, token, timeout: TimeSpan.FromSeconds(30)));
    }

    public Person As(string user) => _workspace.As(user);

    /// <summary>The points passed since the last <see cref="ForgetPoints"/>, in order.</summary>
    public IReadOnlyList<string> Reached() => File.Exists(Path.Combine(_points, "reached")) ? File.ReadAllLines(Path.Combine(_points, "reached")) : [];

    public void ForgetPoints() => File.Delete(Path.Combine(_points, "reached"));

    public void Arm(CrashPoint point)
    {
        var file = Path.Combine(_points, "armed");
        File.WriteAllText(file + ".new", point.ToString());
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <returns>Whether it was still armed: the process did not come by there.</returns>
    public bool Disarm()
    {
        var file = Path.Combine(_points, "armed");
        var isThere = File.Exists(file);
        File.Delete(file);
        return isThere;
    }

    /// <summary>Waits until nothing is going on, bringing the broker back if it died meanwhile.</summary>
    public async Task SettleAsync()
    {
        var (seen, since) = (-1, System.Diagnostics.Stopwatch.StartNew());
        await Eventually.TrueAsync(async () =>
        {
            if (await ReviveAsync() || Reached().Count != seen)
                (seen, since) = (Reached().Count, System.Diagnostics.Stopwatch.StartNew());
            return since.Elapsed >= Still;
        });
    }

    /// <summary>Does <paramref name="act"/>, as often as somebody would who does not see it happen, until <paramref name="done"/>.</summary>
    public async Task InsistAsync(Func<Task> act, Func<Task<bool>> done)
    {
        var since = System.Diagnostics.Stopwatch.StartNew();
        var isFirst = true;
        await Eventually.TrueAsync(async () =>
        {
            if (await ReviveAsync())
                since = System.Diagnostics.Stopwatch.StartNew();
            if (await done())
                return true;
            if (isFirst || since.Elapsed > Patience)
            {
                isFirst = false;
                await TryAsync(act);
                since = System.Diagnostics.Stopwatch.StartNew();
            }

            return false;
        });
    }

    /// <summary>What a process remembers is forgotten.</summary>
    public async Task RestartAsync()
    {
        await _broker.KillAsync();
        await _broker.StartAsync();
    }

    /// <summary>Whether the service takes this token.</summary>
    public async Task<bool> WorksAsync(string token)
    {
        using var http = new HttpClient { BaseAddress = _broker.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{LiveCatalog.ServiceClient}:{LiveCatalog.ServiceSecret}")));
        using var answer = await http.PostAsync(new Uri("oauth/introspect", UriKind.Relative), new FormUrlEncodedContent([new("token", token)]));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["active"]!.GetValue<bool>();
    }

    public async ValueTask DisposeAsync()
    {
        Ana.Dispose();
        await _broker.DisposeAsync();
        await _workspace.DisposeAsync();
    }

    private async Task<bool> ReviveAsync()
    {
        if (!_broker.Program.HasExited)
            return false;
        await _broker.StartAsync();
        return true;
    }

    /// <summary>The broker may be dead, or die of it; a person then sees an error and tries again.</summary>
    private static async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is TourException or BrokerUnreachableException or BrokerRefusedException or HttpRequestException)
        {
            await Task.Yield();
        }
    }
}

/// <summary>The <paramref name="Nth"/> time a point is passed on a stretch of the way.</summary>
internal readonly record struct CrashPoint(string Name, int Nth)
{
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Name}#{Nth}");
}
