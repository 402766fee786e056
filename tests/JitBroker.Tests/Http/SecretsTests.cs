using System.Text;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Tests.Issuing;
using Microsoft.Data.Sqlite;

namespace JitBroker.Tests.Http;

/// <summary>Attack E2: secrets looked for where they must not be.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task No_token_code_or_credential_is_in_the_logs_at_Trace_or_in_the_database_file()
    {
        using var log = new CapturedLog();
        string folder;
        var secrets = new List<string>();
        await using (var broker = await BrokerFixture.NewAsync(log: log))
        {
            folder = broker.Folder;
            var ana = await broker.AsAsync("ana");
            var grant = await broker.GrantAsync(ana);
            secrets.Add(ana.Token!);
            secrets.Add((string)(await ana.PostAsync($"/v1/grants/{grant}/credentials")).Is(201).Json["credential"]!["token"]!);
            var asked = (await ana.PostAsync("/v1/requests", """{"entitlement":"logs:read"}""")).Is(201);
            secrets.Add((string)(await ana.PostAsync($"/v1/grants/{(string?)asked.Json["grant"]!["id"]}/credentials")).Is(201).Json["credential"]!["token"]!);
            var started = (await broker.Get<StartSignIn>().HandleAsync(SessionScope.Ask, Surface.Cli, "192.0.2.1", "box", CancellationToken.None)).Value!;
            secrets.AddRange([started.DeviceCode, started.UserCode, "introspector-secret"]);
            var message = new HttpRequestMessage(HttpMethod.Post, "/oauth/introspect") { Content = new FormUrlEncodedContent([new("token", secrets[^4])]) };
            message.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("logs:introspector-secret")));
            (await broker.Nobody.SendAsync(message)).Is(200);
            (await ana.PostAsync($"/v1/grants/{grant}/end")).Is(202);
            await broker.SweepAsync();
            var database = ReadAll(folder, "jitbroker.db*");
            Assert.All(secrets, s => Assert.DoesNotContain(s, database, StringComparison.Ordinal));
        }

        Assert.Contains("/v1/requests", log.Text, StringComparison.Ordinal);
        Assert.All(secrets, s => Assert.DoesNotContain(s, log.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_of_ours_tells_a_reference_that_is_in_the_log_and_nothing_else()
    {
        using var log = new CapturedLog();
        await using var broker = await BrokerFixture.NewAsync(log: log);
        var ana = await broker.AsAsync("ana");
        var id = await broker.AskAsync(ana);
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(broker.Folder, "jitbroker.db")}"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "update requests set content = 'not json'";
            await command.ExecuteNonQueryAsync();
        }

        var answer = (await ana.GetAsync($"/v1/requests/{id}")).Is(500);

        Assert.Equal("application/problem+json", answer.MediaType);
        Assert.Contains(answer.Text("ref"), log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Json", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
    }

    private static string ReadAll(string folder, string pattern)
    {
        var all = new StringBuilder();
        foreach (var path in Directory.GetFiles(folder, pattern).Where(p => !p.EndsWith(".lock", StringComparison.Ordinal)))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file, Encoding.Latin1);
            all.Append(reader.ReadToEnd());
        }

        return all.ToString();
    }
}
