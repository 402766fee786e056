using System.Diagnostics;
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

/// <summary>
/// One broker that can be told where to die, its workspace, its people and a PostgreSQL as its target. Comes back to life as an operator's supervisor would bring it;
/// between a death and the next life the <see cref="Rules"/> are checked.
/// </summary>
internal sealed class CrashRig : IAsyncDisposable
{
    /// <summary>A person who sees nothing happen for so long tries again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>So long without a new point, and nothing is going on.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromMilliseconds(500);

    private readonly ChatWorkspace _workspace;
    private readonly BrokerProcess _broker;
    private readonly TargetDatabase? _target;
    private readonly string _points;
    private BrokerClient? _ana;

    private CrashRig(ChatWorkspace workspace, BrokerProcess broker, TargetDatabase? target, Evidence evidence)
    {
        (_workspace, _broker, _target, Evidence) = (workspace, broker, target, evidence);
        _points = broker.Folder.CrashPoints;
        Rules = new Rules(evidence, target);
    }

    public Evidence Evidence { get; }

    public Rules Rules { get; }

    /// <summary>Ana's session, which outlives each process.</summary>
    public BrokerClient Ana => _ana ?? throw new InvalidOperationException("Ana has not signed in yet.");

    public string Log => _broker.Log;

    public Uri Url => _broker.Url;

    /// <param name="sockets">It hears Slack over sockets.</param>
    public static async Task<CrashRig> StartAsync(Engine engine, bool sockets = false)
    {
        var rig = await PrepareAsync(engine, await TargetDatabase.StartAsync(), sockets);
        try
        {
            await rig._broker.StartAsync();
            if (sockets)
                await rig._broker.Program.SaysAsync("Socket 0 to Slack is open");
            rig._ana = new BrokerClient(rig.Url, await rig.As("U0ANA").TokenAsync(rig.Url), timeout: TimeSpan.FromSeconds(30));
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>One that was never started, over an empty database.</summary>
    public static async Task<CrashRig> PrepareAsync(Engine engine, TargetDatabase? target = null, bool sockets = false)
    {
        var postgres = engine == Engine.Postgres ? await (await Postgres.SharedAsync()).NewDatabaseAsync() : null;
        var workspace = await ChatWorkspace.StartAsync();
        var broker = BrokerProcess.Prepare(workspace, postgres, crashPoints: true, target: target?.InCatalog(), sockets: sockets);
        var evidence = postgres is null ? Evidence.OfSqlite(broker.Folder.DatabaseFile) : Evidence.OfPostgres(postgres);
        return new CrashRig(workspace, broker, target, evidence);
    }

    public Person As(string user) => _workspace.As(user);

    /// <summary>A new catalog under which what was granted at the target before is not granted any more.</summary>
    public void ChangeCatalog(int connectionLimit) => _broker.Folder.Write("catalog.yaml", LiveCatalog.Text(_target!.InCatalog(connectionLimit)));

    /// <summary>Whether the role of each of these leases may log in until exactly then, as the target itself says.</summary>
    public async Task<bool> AreEndsAtTargetAsync(IEnumerable<(string Lease, DateTimeOffset Until)> leases)
    {
        var roles = (await _target!.RolesAsync()).ToDictionary(r => r.Name, StringComparer.Ordinal);
        return leases.All(l => roles.TryGetValue("jit_" + l.Lease.ToLowerInvariant(), out var role) && role.MayLogIn && role.Until == l.Until);
    }

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
        var isThere = IsArmed;
        File.Delete(Path.Combine(_points, "armed"));
        return isThere;
    }

    private bool IsArmed => File.Exists(Path.Combine(_points, "armed"));

    /// <summary>Waits until nothing is going on, bringing the broker back if it died meanwhile.</summary>
    public async Task SettleAsync()
    {
        var (seen, since) = (-1, Stopwatch.StartNew());
        await Eventually.TrueAsync(async () =>
        {
            if (await ReviveAsync() || Reached().Count != seen)
                (seen, since) = (Reached().Count, Stopwatch.StartNew());
            return since.Elapsed >= Still;
        });
    }

    /// <summary>Does <paramref name="act"/>, as often as somebody would who does not see it happen, until <paramref name="done"/>.</summary>
    public async Task InsistAsync(string what, Func<Task> act, Func<Task<bool>> done)
    {
        var since = Stopwatch.StartNew();
        var isFirst = true;
        await Eventually.TrueAsync(
            async () =>
            {
                if (await ReviveAsync())
                    since = Stopwatch.StartNew();
                if (await done())
                    return true;
                if (isFirst || since.Elapsed > Patience)
                {
                    isFirst = false;
                    await TryAsync(act);
                    since = Stopwatch.StartNew();
                }

                return false;
            },
            what);
    }

    /// <summary>What a process remembers is forgotten.</summary>
    /// <param name="meanwhile">What happens while there is no process.</param>
    public async Task RestartAsync(Func<Task>? meanwhile = null)
    {
        if (!_broker.Program.HasExited)
            await _broker.KillAsync();
        await Rules.HoldAtAnyInstantAsync();
        if (meanwhile is not null)
            await meanwhile();
        await ComeUpAsync();
    }

    /// <summary>Starts it, and again for as long as it dies on the way because it was told to.</summary>
    public async Task ComeUpAsync()
    {
        for (var wasArmed = IsArmed; !await _broker.ComeUpAsync(); wasArmed = IsArmed)
            Assert.True(wasArmed && !IsArmed, $"The broker ended at its start, and nobody told it to:\n{_broker.Program.Everything}");
    }

    /// <summary>Writes into the broker's database behind its back.</summary>
    public Task ForgeAsync(string sql) => Evidence.ForgeAsync(sql);

    /// <summary>Whether the service takes this token.</summary>
    public async Task<bool> WorksAsync(string token)
    {
        using var http = new HttpClient { BaseAddress = _broker.Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{LiveCatalog.ServiceClient}:{LiveCatalog.ServiceSecret}")));
        using var answer = await http.PostAsync(new Uri("oauth/introspect", UriKind.Relative), new FormUrlEncodedContent([new("token", token)]));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!["active"]!.GetValue<bool>();
    }

    /// <summary>The ids of the public keys that verifiers are told.</summary>
    public async Task<IReadOnlyList<string>> ServedKeysAsync()
    {
        using var http = new HttpClient { BaseAddress = _broker.Url };
        var set = await http.GetFromJsonAsync<JsonObject>(new Uri(".well-known/jwks.json", UriKind.Relative));
        return [.. set!["keys"]!.AsArray().Select(k => k!["kid"]!.GetValue<string>())];
    }

    /// <summary>Every place in which no secret may stand: what is stored, what was logged, what went to Slack.</summary>
    public async Task<string> EverythingKeptAsync() => $"{await Evidence.EverythingAsync()}\n{Log}\n{await _workspace.WireLogAsync()}";

    public async ValueTask DisposeAsync()
    {
        _ana?.Dispose();
        await _broker.DisposeAsync();
        await _workspace.DisposeAsync();
        if (_target is not null)
            await _target.DisposeAsync();
    }

    private async Task<bool> ReviveAsync()
    {
        if (!_broker.Program.HasExited)
            return false;
        await Rules.HoldAtAnyInstantAsync();
        await ComeUpAsync();
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
