using System.Net;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Crashes;

public sealed class DatabaseOutageTests
{
    [Fact]
    public async Task While_PostgreSQL_is_away_answers_are_503_and_afterwards_the_same_process_goes_on()
    {
        var postgres = await Postgres.OwnAsync();
        var database = await postgres.NewDatabaseAsync();
        await using var workspace = await ChatWorkspace.StartAsync();
        await using var broker = await BrokerProcess.StartAsync(workspace, database);
        var token = await workspace.As("U0ANA").TokenAsync(broker.Url);
        var load = new Load(broker.Url, [token]);
        using var stop = new CancellationTokenSource();
        var working = load.RunAsync(stop.Token);
        await Eventually.TrueAsync(() => Task.FromResult(working.IsCompleted || load.Steps > 20));

        await postgres.CrashAsync();

        using var http = new HttpClient { BaseAddress = broker.Url };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        await Eventually.TrueAsync(async () => (await http.GetAsync(new Uri("readyz", UriKind.Relative))).StatusCode == HttpStatusCode.ServiceUnavailable);
        using var answer = await http.GetAsync(new Uri("v1/me", UriKind.Relative));
        var said = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("\"unavailable\"", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("healthz", UriKind.Relative))).StatusCode);
        await Eventually.TrueAsync(() => Task.FromResult(working.IsCompleted || load.Refused.GetValueOrDefault(Codes.Unavailable) > 20));
        Assert.False(working.IsFaulted, working.Exception?.ToString());

        await postgres.StartAgainAsync();
        await broker.ReadyAsync();
        var before = load.Steps;
        await Eventually.TrueAsync(() => Task.FromResult(working.IsCompleted || load.Steps > before + 20));
        await stop.CancelAsync();
        await working;
        var evidence = Evidence.OfPostgres(database);
        await evidence.AllEndedAsync();
        await evidence.HoldsAsync();
        await load.AllDeadAsync();
    }
}
