using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Http;

/// <summary>Attack E7: the database goes away and comes back.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task While_the_database_is_away_answers_are_honest_and_after_it_all_goes_on_without_a_restart()
    {
        var server = await PostgresServer.GetAsync();
        Assert.SkipWhen(server is null && Environment.GetEnvironmentVariable("CI") is not "true", "PostgreSQL is not installed: apt-get install postgresql-15.");
        var direct = new Npgsql.NpgsqlConnectionStringBuilder(await server!.NewDatabaseAsync());
        await using var wire = new CutProxy(direct.Port);
        direct.Port = wire.Port;
        await using var broker = await BrokerFixture.NewAsync(settings: [("Database:Kind", "postgres"), ("Database:ConnectionString", direct.ConnectionString)]);
        var ana = await broker.AsAsync("ana");
        (await broker.Nobody.GetAsync("/readyz")).Is(200);

        await wire.CutAsync();
        broker.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.NotNull((await ana.PostAsync("/v1/requests", """{"entitlement":"orders-db:read","reason":"INC-1"}""")).IsProblem(503, "unavailable").Header("Retry-After"));
        var ready = (await broker.Nobody.GetAsync("/readyz")).Is(503);
        Assert.Equal("unavailable", ready.Text("status"));
        (await broker.Nobody.GetAsync("/healthz")).Is(200);

        wire.Mend();
        broker.Clock.Advance(TimeSpan.FromSeconds(2));
        await Eventually.TrueAsync(async () =>
        {
            broker.Clock.Advance(TimeSpan.FromSeconds(2));
            return (await broker.Nobody.GetAsync("/readyz")).Status == 200;
        });
        await broker.AskAsync(ana);
        Assert.Single((await ana.GetAsync("/v1/requests")).Json["items"]!.AsArray());
    }
}
