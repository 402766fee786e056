using JitBroker.Issuers.Postgres;
using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Tests.Issuing;

public sealed class DebianPostgresContract() : PostgresContract(Build.Debian);

public sealed class NpmPostgresContract() : PostgresContract(Build.Npm);

/// <summary>The <c>postgres</c> issuer at a real server, as the role that its README makes.</summary>
public abstract class PostgresContract(Build build) : IssuerContract
{
    private PostgresBench _bench = null!;

    protected override bool Prolongs => true;

    protected override IReadOnlyList<string> StandingSecrets => ["change-me"];

    /// <summary>The issuer logs nothing; the server logs every statement of everybody, and must have been told no secret either, but for the set-up of brokers by tests.</summary>
    protected override string LoggedText =>
        string.Join('\n', File.ReadLines(_bench.Server.LogFile).Where(line => !line.Contains("password 'change-me'", StringComparison.Ordinal)));

    public override async ValueTask InitializeAsync() => _bench = await PostgresBench.GetAsync(build);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override IIssuer NewIssuer() => _bench.Issuer();

    protected override IssueOrder NewOrder() => _bench.Order();

    protected override async Task<bool> WorksAsync(Credential credential)
    {
        try
        {
            await using var connection = new NpgsqlConnection(WayOf(credential));
            await connection.OpenAsync(Token);
            await using var command = new NpgsqlCommand("select count(*) from orders", connection);
            return await command.ExecuteScalarAsync(Token) is 1L;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    /// <summary>The role was made and the answer was lost on the way.</summary>
    protected override async Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan) =>
        Assert.IsType<MintOutcome.Minted>(await NewIssuer().MintAsync(order, plan, Token)).Credential;

    /// <summary>The server's clock cannot be moved, so the end it keeps comes nearer by the time that would have to pass.</summary>
    protected override Task LetExpireAsync(MintPlan plan) =>
        _bench.ExecuteAsync($"update pg_authid set rolvaliduntil = rolvaliduntil - ('{plan.ExpiresAt:O}'::timestamptz - clock_timestamp()) where rolname = '{plan.Handle.Data["role"]}'");

    protected override async Task<IReadOnlyList<string>> TracesAsync(string leaseId)
    {
        var found = await _bench.TextAsync($"select string_agg(rolname, ' ') from pg_roles where rolname ilike '%{leaseId}%'");
        return found.Length == 0 ? [] : found.Split(' ');
    }

    protected override IReadOnlyList<string> SecretsOf(Credential credential) => [credential.Reveal()["password"]!.ToString()];

    private static string WayOf(Credential credential)
    {
        var body = credential.Reveal();
        return $"Host={body["host"]};Port={body["port"]};Username={body["username"]};Password={body["password"]};Database={body["database"]};Pooling=false";
    }
}
