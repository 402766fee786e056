using System.Text.Json;
using JitBroker.Client;

namespace JitBroker.Tests.Cli;

/// <summary><c>jit aws</c>: what AWS's tools get, how long it is kept, and when it is collected anew.</summary>
public sealed class AwsTests
{
    private const string Name = "orders-db:read";
    private const string Collect = $"POST /v1/grants/{Sample.GrantId}/credentials";

    private static DateTimeOffset Now => JumpingClock.Start;

    [Fact]
    public async Task A_session_is_collected_once_and_kept_for_its_owner_only_until_it_is_nearly_over()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));

        var first = await machine.RunAsync("aws", Name);
        var again = await machine.RunAsync("aws", Name);

        Assert.Equal((0, ""), (first.Exit, first.Err));
        Assert.Equal("""{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"secret-1","SessionToken":"session-1","Expiration":"2026-11-22T11:00:00.000Z"}""" + "\n", first.Out);
        Assert.Equal(first.Out, again.Out);
        Assert.Single(machine.Broker.CallsOf(Collect));
        var kept = Assert.Single(Directory.GetFiles(machine.Home, "credential-*.json"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        machine.Clock.Advance(TimeSpan.FromMinutes(58.5));
        await machine.RunAsync("aws", Name);
        Assert.Equal(2, machine.Broker.CallsOf(Collect).Count);
    }

    /// <summary>A new one would end at the same time and use up what the grant may have.</summary>
    [Fact]
    public async Task A_session_that_ends_with_its_grant_is_kept_to_its_last_second()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1), grantEnds: Now.AddHours(1));
        await machine.RunAsync("aws", Name);

        machine.Clock.Advance(TimeSpan.FromMinutes(59.5));
        Assert.Equal(0, (await machine.RunAsync("aws", Name)).Exit);

        Assert.Single(machine.Broker.CallsOf(Collect));
    }

    [Fact]
    public async Task When_the_grant_has_ended_what_was_kept_of_it_is_not_handed_out()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));
        await machine.RunAsync("aws", Name);
        machine.Broker.Grants[0] = machine.Broker.Grants[0] with { State = GrantState.Ended };

        var ran = await machine.RunAsync("aws", Name);

        Assert.Equal((1, Codes.GrantNotActive, ""), (ran.Exit, ran.Code, ran.Out));
        Assert.Empty(Directory.GetFiles(machine.Home, "credential-*.json"));
    }

    [Fact]
    public async Task While_the_broker_is_away_the_kept_session_serves_and_after_it_nothing_does()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));
        var first = await machine.RunAsync("aws", Name);
        machine.Broker.On("GET /v1/grants", new Say(200, "<html>not the broker</html>", "text/html"));

        Assert.Equal(first.Out, (await machine.RunAsync("aws", Name)).Out);
        machine.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, (await machine.RunAsync("aws", Name)).Exit);
    }

    [Fact]
    public async Task Programs_that_start_at_once_share_one_session()
    {
        // Each wait for the others' turn moves this clock on.
        await using var machine = await HoldingAsync(TimeSpan.FromHours(6));

        var ran = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => machine.RunAsync("aws", Name))));

        Assert.All(ran, r => Assert.Equal((0, ran[0].Out), (r.Exit, r.Out)));
        Assert.Single(machine.Broker.CallsOf(Collect));
    }

    [Fact]
    public async Task Another_session_of_jit_finds_nothing_that_an_earlier_one_kept_and_signing_out_removes_it()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));
        await machine.RunAsync("aws", Name);
        machine.SignIn("another-token", SessionScope.Ask, TimeSpan.FromHours(12));
        await machine.RunAsync("aws", Name);
        Assert.Equal(2, machine.Broker.CallsOf(Collect).Count);

        Assert.Equal(0, (await machine.RunAsync("logout")).Exit);

        Assert.Single(Directory.GetFiles(machine.Home, "credential-*.json"));
    }

    [Fact]
    public async Task Giving_the_grant_back_removes_what_was_kept_of_it()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));
        await machine.RunAsync("aws", Name);
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/end", Say.Ok(machine.Broker.Grants[0] with { State = GrantState.Ending }, 202));

        Assert.Equal(0, (await machine.RunAsync("done", Name)).Exit);

        Assert.Empty(Directory.GetFiles(machine.Home, "credential-*.json"));
    }

    [Fact]
    public async Task With_wait_it_asks_waits_for_the_approval_and_prints_nothing_but_the_session()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));
        var grant = machine.Broker.Grants[0];
        machine.Broker.Grants.Clear();
        machine.Broker.On("POST /v1/requests", Say.Ok(Sample.Request(), 201));
        machine.Broker.On($"GET /v1/requests/{Sample.RequestId}", _ =>
        {
            machine.Broker.Grants.Add(grant);
            return Say.Ok(Sample.Approved(Sample.Request()));
        });

        var ran = await machine.RunAsync("aws", Name, "--wait", "--for", "30m", "--reason", "INC-42");

        Assert.Equal(0, ran.Exit);
        Assert.Equal("ASIA1", JsonDocument.Parse(ran.Out).RootElement.GetProperty("AccessKeyId").GetString());
        var asked = Assert.Single(machine.Broker.CallsOf("POST /v1/requests")).Json;
        Assert.Equal((Name, "30m", "INC-42"), (asked.GetProperty("entitlement").GetString(), asked.GetProperty("duration").GetString(), asked.GetProperty("reason").GetString()));
        Assert.Contains("Waiting for", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_wait_a_request_that_is_open_is_waited_for_and_a_denial_is_exit_1()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));
        machine.Broker.Grants.Clear();
        machine.Broker.Requests.Add(Sample.Request());
        machine.Broker.On($"GET /v1/requests/{Sample.RequestId}", Say.Ok(Sample.Request() with { State = RequestState.Denied, SettledBy = Sample.Bea, SettledAt = Now }));

        var ran = await machine.RunAsync("aws", Name, "--wait");

        Assert.Equal((1, "denied", ""), (ran.Exit, ran.Code, ran.Out));
        Assert.Empty(machine.Broker.CallsOf("POST /v1/requests"));
        Assert.Contains("--wait waits for it", (await machine.RunAsync("aws", Name)).Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_kind_of_credential_is_not_collected()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1), kind: "postgres");

        var ran = await machine.RunAsync("aws", Name);

        Assert.Equal(2, ran.Exit);
        Assert.Empty(machine.Broker.CallsOf(Collect));
    }

    [Fact]
    public async Task The_forms_are_a_shells_a_files_and_a_profiles()
    {
        await using var machine = await HoldingAsync(TimeSpan.FromHours(1));

        Assert.Contains("export AWS_SESSION_TOKEN=session-1\n", (await machine.RunAsync("aws", Name, "--format", "env")).Out, StringComparison.Ordinal);
        Assert.StartsWith("[jit]\naws_access_key_id = ASIA1\n", (await machine.RunAsync("aws", Name, "--format", "ini")).Out, StringComparison.Ordinal);
        Assert.Equal($"[profile orders-db-read]\ncredential_process = jit aws {Name} --url {machine.Broker.Address.AbsoluteUri.TrimEnd('/')}\n", (await machine.RunAsync("aws", Name, "--format", "config")).Out);
        Assert.Equal("aws-sts", JsonDocument.Parse((await machine.RunAsync("aws", Name, "-o", "json")).Out).RootElement.GetProperty("kind").GetString());
        Assert.Single(machine.Broker.CallsOf(Collect));
        await machine.RunAsync("aws", Name, "--renew");
        Assert.Equal(2, machine.Broker.CallsOf(Collect).Count);
    }

    private static async Task<Machine> HoldingAsync(TimeSpan session, DateTimeOffset? grantEnds = null, string kind = "aws-sts")
    {
        var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant() with { Kind = kind, EndsAt = grantEnds ?? Now.AddHours(8) });
        var collected = 0;
        machine.Broker.On(Collect, _ =>
        {
            var number = Interlocked.Increment(ref collected);
            var envelope = Sample.Credential(kind, new AwsStsCredential($"ASIA{number}", $"secret-{number}", $"session-{number}", machine.Clock.GetUtcNow() + session, "eu-west-1"));
            return Say.Ok(envelope with { Grant = Sample.GrantId, ExpiresAt = machine.Clock.GetUtcNow() + session }, 201);
        });
        return machine;
    }
}
