using System.Net;
using System.Net.Http.Headers;
using System.Text;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests;

public sealed class SecretsTests
{
    [Fact]
    public async Task With_everything_logged_no_secret_of_the_loop_is_at_rest_in_logs_in_chat_in_answers_or_in_arguments()
    {
        await using var target = await TargetDatabase.StartAsync();
        await using var workspace = await ChatWorkspace.StartAsync();
        await using var broker = await BrokerProcess.StartAsync(workspace, logLevel: "Trace", target: target.InCatalog());
        var answers = new List<string>();
        using var http = new HttpClient { BaseAddress = broker.Url };

        var asking = await workspace.As("U0ANA").TokenAsync(broker.Url);
        var deciding = await workspace.As("U0BEA").TokenAsync(broker.Url, SessionScope.Decide);
        using var ana = new BrokerClient(broker.Url, asking);
        using var bea = new BrokerClient(broker.Url, deciding);
        var grant = await GrantedAsync(workspace, bea, LiveCatalog.Logs, "INC-1");
        var collected = (await ana.CollectAsync(grant, CancellationToken.None)).Value;
        var jwt = collected.Credential.GetProperty("token").GetString()!;
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{LiveCatalog.ServiceClient}:{LiveCatalog.ServiceSecret}"));
        Assert.Contains("\"active\":true", await SendAsync(http, "oauth/introspect", new("Basic", basic), new FormUrlEncodedContent([new("token", jwt)])), StringComparison.Ordinal);
        answers.Add(await SendAsync(http, "oauth/introspect", new("Basic", basic), new StringContent($"{{ \"token\": \"{jwt}\"", Encoding.UTF8, "application/json")));
        answers.Add(await SendAsync(http, "oauth/introspect", new("Bearer", asking), new FormUrlEncodedContent([new("token", jwt), new("token", jwt)])));
        answers.Add(await SendAsync(http, $"v1/grants/{grant}/end", new("Bearer", asking), new StringContent($"{{ \"reason\": \"{jwt}\", \"colour\": \"{jwt}\" }}", Encoding.UTF8, "application/json")));
        answers.Add(await SendAsync(http, "v1/requests", new("Bearer", asking), new StringContent($"{{ \"entitlement\": \"{asking}", Encoding.UTF8, "application/json")));
        answers.Add(await SendAsync(http, "oauth/token", new("Bearer", deciding), new FormUrlEncodedContent([new("device_code", asking), new("grant_type", "x")])));
        var login = await GrantedAsync(workspace, bea, LiveTarget.Entitlement, "INC-2");
        var role = (await ana.CollectAsync(login, CancellationToken.None)).Value.Credential.Clone();
        Assert.True(await TargetDatabase.TakesAsync(role));
        answers.Add(await SendAsync(http, $"v1/grants/{login}/end", new("Bearer", asking), new StringContent($"{{ \"reason\": 1, \"{role.GetProperty("uri").GetString()}\": 1 }}", Encoding.UTF8, "application/json")));
        var (psqls, psqlsArguments) = await PsqlAsync(broker.Url, asking, login);
        await EndedAsync(ana, grant);
        await EndedAsync(ana, login);
        Assert.False(await TargetDatabase.TakesAsync(role));
        var arguments = await File.ReadAllTextAsync($"/proc/{broker.Program.Pid}/cmdline");
        var wire = await workspace.WireLogAsync();

        (string Name, string Value)[] secrets =
        [
            ("the bot's token", workspace.Options.BotToken), ("the signing secret", workspace.Options.SigningSecret), ("Ana's session", asking), ("Bea's session", deciding),
            ("the credential", jwt), ("the credential's signature", jwt.Split('.')[2]), ("the service's secret", LiveCatalog.ServiceSecret), ("the service's secret, encoded", basic),
            ("the password of jit psql", psqls), ("the role's password", role.GetProperty("password").GetString()!), ("the broker's password at the target", TargetDatabase.BrokerPassword),
        ];
        foreach (var (name, value) in secrets)
        {
            Absent(name, value, "the broker's log", broker.Log);
            Absent(name, value, "the arguments of the processes", arguments + psqlsArguments);
            Absent(name, value, "the wire to Slack", wire);
            Absent(name, value, "an error answer", string.Join('\n', answers));
        }

        Assert.Equal(0, await broker.StopAsync());
        foreach (var file in Directory.EnumerateFiles(broker.Folder.FolderPath, "*", SearchOption.AllDirectories))
        {
            // Latin-1 keeps each byte, so that text is found in a binary file too.
            var content = await File.ReadAllTextAsync(file, Encoding.Latin1);
            foreach (var (name, value) in secrets)
                Absent(name, value, Path.GetFileName(file), content);
        }

        Assert.True(broker.Log.Length > 2000, "Nothing was logged at Trace.");
    }

    private static async Task<string> GrantedAsync(ChatWorkspace workspace, BrokerClient approver, string entitlement, string ticket)
    {
        await workspace.As("U0ANA").TypeAsync($"/access request {entitlement} 5m {ticket} look");
        await workspace.As("U0BEA").SeesAsync("the card", m => m.Says(ticket) && m.ButtonValue("approve") is not null);
        var request = (await approver.ListRequestsAsync(new RequestQuery { AwaitingMe = true }, CancellationToken.None)).Value.Items[0].Id;
        return (await approver.DecideAsync(request, new DecideBody { Verdict = Verdict.Approve }, $"a-key-for-{ticket}", CancellationToken.None)).Value.Grant!.Id;
    }

    /// <summary>What <c>jit psql</c> hands to psql in its environment, and what everybody on the machine can read in its list of processes.</summary>
    private static async Task<(string Password, string Arguments)> PsqlAsync(Uri broker, string session, string grant)
    {
        using var terminal = new Terminal(broker, session);
        var ran = (await terminal.RunAsync("psql", grant, "--", "-At", "-c", "select current_user", "-c", @"\! echo $PGPASSWORD; tr '\0' ' ' < /proc/$PPID/cmdline")).Exits(0);
        var said = ran.Output.Split('\n');
        Assert.StartsWith("jit_", said[0], StringComparison.Ordinal);
        Assert.Contains("select current_user", said[2], StringComparison.Ordinal);
        Assert.DoesNotContain(said[1], ran.Errors, StringComparison.Ordinal);
        return (said[1], said[2]);
    }

    private static async Task EndedAsync(BrokerClient holder, string grant)
    {
        await holder.EndAsync(grant, new EndBody(), null, CancellationToken.None);
        await Eventually.TrueAsync(async () => (await holder.GetGrantAsync(grant, CancellationToken.None)).Value.State == GrantState.Ended);
    }

    private static void Absent(string name, string secret, string place, string text)
    {
        var at = text.IndexOf(secret, StringComparison.Ordinal);
        Assert.True(at < 0, $"{name} is in {place}: …{(at < 0 ? "" : text[Math.Max(0, at - 300)..at])}***");
    }

    private static async Task<string> SendAsync(HttpClient http, string path, AuthenticationHeaderValue authorization, HttpContent? body)
    {
        using var call = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = body };
        call.Headers.Authorization = authorization;
        using var answer = await http.SendAsync(call);
        Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
