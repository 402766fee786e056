using JitBroker.LiveTests.Crashes;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Replicas;

/// <summary>Two brokers over one PostgreSQL, each with its own folder and private keys, under one public address.</summary>
internal sealed class TwoReplicas : IAsyncDisposable
{
    private TwoReplicas(ChatWorkspace workspace, string database, BrokerProcess first)
    {
        (Workspace, Database, First) = (workspace, database, first);
    }

    public ChatWorkspace Workspace { get; }

    public string Database { get; }

    public BrokerProcess First { get; }

    /// <summary>Null until <see cref="JoinAsync"/>.</summary>
    public BrokerProcess? Second { get; private set; }

    public Evidence Evidence => Evidence.OfPostgres(Database);

    public IReadOnlyList<Uri> Urls => [First.Url, Second!.Url];

    public static async Task<TwoReplicas> FirstOnlyAsync()
    {
        var database = await (await Postgres.SharedAsync()).NewDatabaseAsync();
        var workspace = await ChatWorkspace.StartAsync();
        return new TwoReplicas(workspace, database, await BrokerProcess.StartAsync(workspace, database));
    }

    public static async Task<TwoReplicas> BothAsync()
    {
        var replicas = await FirstOnlyAsync();
        await replicas.JoinAsync();
        return replicas;
    }

    /// <summary>Starts the second; deliveries of the workspace go to it from now on.</summary>
    public async Task JoinAsync() => Second = await BrokerProcess.StartAsync(Workspace, Database, publicUrl: First.Url);

    public async ValueTask DisposeAsync()
    {
        if (Second is not null)
            await Second.DisposeAsync();
        await First.DisposeAsync();
        await Workspace.DisposeAsync();
    }
}
