using JitBroker.Tests.Storage;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>Where there is no PostgreSQL, a test is skipped visibly on a laptop and fails in CI.</summary>
internal static class Postgres
{
    /// <summary>The server that the tests share; each takes a database of its own.</summary>
    public static async Task<PostgresServer> SharedAsync() => Demand(await PostgresServer.GetAsync());

    /// <summary>One that the caller may crash.</summary>
    public static async Task<PostgresServer> OwnAsync() => Demand(await PostgresServer.NewAsync());

    /// <summary>One that asks everybody for a password.</summary>
    public static async Task<PostgresServer> TargetAsync(string superuserPassword) => Demand(await PostgresServer.NewAsync(password: superuserPassword));

    private static PostgresServer Demand(PostgresServer? server)
    {
        if (server is null && Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail("PostgreSQL is not installed, and in CI a missing server is a failure: apt-get install postgresql.");
        Assert.SkipWhen(server is null, "PostgreSQL is not installed: apt-get install postgresql.");
        return server!;
    }
}
