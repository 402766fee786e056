using JitBroker.LiveTests.Crashes;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Replicas;

/// <summary>Two brokers over one PostgreSQL, each in its own folder, under one public address.</summary>
internal sealed class TwoReplicas : IAsyncDisposable
{
    private readonly bool _sockets;

    private TwoReplicas(ChatWorkspace workspace, string database, BrokerProcess first, bool sockets)
    {
        (Workspace, Database, First, _sockets) = (workspace, database, first, sockets);
    }

    public ChatWorkspace Workspace { get; }

    public string Database { get; }

    public BrokerProcess First { get; }

    /// <summary>Null until <see cref="JoinAsync"/>.</summary>
    public BrokerProcess? Second { get; private set; }

    public Evidence Evidence => Evidence.OfPostgres(Database);

    public IReadOnlyList<Uri> Urls => [First.Url, Second!.Url];

    /// <param name="sockets">They hear Slack over sockets.</param>
    /// <param name="crashPoints">The first can be told where to die.</param>
    public static async Task<TwoReplicas> FirstOnlyAsync(bool sockets = false, bool crashPoints = false)
    {
        var database = await (await Postgres.SharedAsync()).NewDatabaseAsync();
        var workspace = await ChatWorkspace.StartAsync();
        return new TwoReplicas(workspace, database, await BrokerProcess.StartAsync(workspace, database, crashPoints: crashPoints, sockets: sockets), sockets);
    }

    public static async Task<TwoReplicas> BothAsync(bool sockets = false, bool crashPoints = false)
    {
        var replicas = await FirstOnlyAsync(sockets, crashPoints);
        await replicas.JoinAsync();
        return replicas;
    }

    /// <summary>Starts the second, with the keys of the first; deliveries of the workspace go to it from now on.</summary>
    public async Task JoinAsync() =>
        Second = await BrokerProcess.StartAsync(Workspace, Database, publicUrl: First.Url, keys: Path.Combine(First.Folder.FolderPath, "keys"), sockets: _sockets);

    /// <summary>Starts the second with keys of its own: it is ready only when those have been served for the JWKS's max-age, so this does not wait.</summary>
    public async Task JoinWithOwnKeysAsync() => Second = await BrokerProcess.StartAsync(Workspace, Database, publicUrl: First.Url, waits: false);

    public async ValueTask DisposeAsync()
    {
        if (Second is not null)
            await Second.DisposeAsync();
        await First.DisposeAsync();
        await Workspace.DisposeAsync();
    }
}
