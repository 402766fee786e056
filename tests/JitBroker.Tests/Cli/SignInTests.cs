using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class SignInTests
{
    private static readonly DeviceAuthorization Device = new() { DeviceCode = "poll-secret", UserCode = "WDJBMJHT", VerificationUri = "https://jit.example/login", ExpiresIn = 300, Interval = 3 };

    private static void Answer(Machine machine, params string[] errors)
    {
        machine.Broker.On("POST /oauth/device_authorization", Say.Ok(Device));
        var left = new Queue<string>(errors);
        machine.Broker.On("POST /oauth/token", call =>
        {
            if (left.TryDequeue(out var error))
                return Say.OAuth(error);
            var scope = machine.Broker.CallsOf("POST /oauth/device_authorization")[^1].Body.Contains("decide", StringComparison.Ordinal) ? SessionScope.Decide : SessionScope.Ask;
            machine.Broker.Sessions["fresh-token"] = Sample.Session("01KAM0FRESH", scope);
            return Say.Ok(new TokenReply { AccessToken = "fresh-token", TokenType = "Bearer", ExpiresIn = 43_200, Scope = scope });
        });
    }

    [Fact]
    public async Task Login_shows_the_command_to_type_and_stores_the_session()
    {
        await using var machine = await Machine.StartAsync();
        Answer(machine, OAuthErrors.AuthorizationPending, OAuthErrors.AuthorizationPending);

        var ran = await machine.RunAsync("login");

        Assert.Equal(0, ran.Exit);
        Assert.Contains("/access login WDJBMJHT", ran.Out, StringComparison.Ordinal);
        Assert.Contains("Signed in as Ana Diaz <ana@example.com> until 22:00.", ran.Out, StringComparison.Ordinal);
        Assert.Equal("client_id=jit&host=laptop&scope=ask", machine.Broker.CallsOf("POST /oauth/device_authorization").Single().Body);
        Assert.Equal("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=poll-secret&client_id=jit", machine.Broker.CallsOf("POST /oauth/token")[0].Body);
        Assert.Equal("fresh-token", machine.Store.Find(machine.Broker.Address, SessionScope.Ask)!.Token);
        Assert.Equal(0, (await machine.RunAsync("whoami")).Exit);
    }

    [Fact]
    public async Task Login_polls_at_the_interval_and_slower_when_told()
    {
        await using var machine = await Machine.StartAsync();
        Answer(machine, OAuthErrors.AuthorizationPending, OAuthErrors.SlowDown, OAuthErrors.AuthorizationPending);

        await machine.RunAsync("login");

        Assert.Equal([3, 3, 8, 8], machine.Clock.Delays.Select(delay => (int)delay.TotalSeconds));
    }

    [Theory]
    [InlineData(OAuthErrors.AccessDenied)]
    [InlineData(OAuthErrors.ExpiredToken)]
    public async Task A_login_that_was_refused_or_forgotten_stores_nothing(string error)
    {
        await using var machine = await Machine.StartAsync();
        Answer(machine, OAuthErrors.AuthorizationPending, error);

        var ran = await machine.RunAsync("login");

        Assert.Equal((1, error), (ran.Exit, ran.Code));
        Assert.False(Directory.Exists(machine.Home));
    }

    [Fact]
    public async Task A_login_whose_code_dies_unconfirmed_stops_by_itself()
    {
        await using var machine = await Machine.StartAsync();
        Answer(machine, [.. Enumerable.Repeat(OAuthErrors.AuthorizationPending, 1000)]);

        var ran = await machine.RunAsync("login");

        Assert.Equal((1, OAuthErrors.ExpiredToken), (ran.Exit, ran.Code));
        Assert.Equal(100, machine.Clock.Delays.Count);
    }

    [Fact]
    public async Task The_state_is_its_owners_alone_from_the_first_moment()
    {
        await using var machine = await Machine.StartAsync();
        Answer(machine);

        await machine.RunAsync("login");

        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows keeps rights another way.");
        Assert.Equal("700", Rights(machine.Home));
        Assert.All(Directory.GetFiles(machine.Home), file => Assert.Equal("600", Rights(file)));
        await machine.RunAsync("login");
        Assert.All(Directory.GetFiles(machine.Home), file => Assert.Equal("600", Rights(file)));
    }

    private static string Rights(string path) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : Convert.ToString((int)File.GetUnixFileMode(path), 8);

    [Fact]
    public async Task The_session_that_may_decide_is_kept_apart()
    {
        await using var machine = await Machine.SignedInAsync();
        Answer(machine);

        var ran = await machine.RunAsync("login", "--can-decide");

        Assert.Contains("may approve in your name", ran.Out, StringComparison.Ordinal);
        Assert.EndsWith("scope=decide", machine.Broker.CallsOf("POST /oauth/device_authorization").Single().Body, StringComparison.Ordinal);
        Assert.Equal(Machine.AskToken, machine.Store.Find(machine.Broker.Address, SessionScope.Ask)!.Token);
        Assert.Equal("fresh-token", machine.Store.Find(machine.Broker.Address, SessionScope.Decide)!.Token);
    }

    [Fact]
    public async Task A_session_of_one_broker_is_never_shown_to_another()
    {
        await using var machine = await Machine.SignedInAsync();
        await using var other = await FakeBroker.StartAsync();

        var ran = await machine.RunAsync("list", "--url", other.Address.ToString());

        Assert.Equal((1, Codes.Unauthenticated), (ran.Exit, ran.Code));
        Assert.Empty(other.Calls);
    }

    [Fact]
    public async Task The_broker_last_signed_in_to_is_remembered()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Environment.Remove("JIT_URL");

        Assert.Equal(0, (await machine.RunAsync("whoami")).Exit);
    }

    [Fact]
    public async Task Logout_ends_the_sessions_at_the_broker_and_forgets_them()
    {
        await using var machine = await Machine.SignedInAsync(canDecide: true);
        machine.Broker.Sessions["elsewhere"] = Sample.Session("01KAM0ELSEWHERE");

        var ran = await machine.RunAsync("logout");

        Assert.Equal(0, ran.Exit);
        Assert.Equal(["elsewhere"], machine.Broker.Sessions.Keys);
        Assert.Empty(machine.Store.Files);
    }

    [Fact]
    public async Task Logout_all_ends_every_session()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Sessions["elsewhere"] = Sample.Session("01KAM0ELSEWHERE");

        Assert.Equal(0, (await machine.RunAsync("logout", "--all")).Exit);
        Assert.Empty(machine.Broker.Sessions);
    }

    [Fact]
    public async Task Logout_of_a_session_that_has_ended_is_done()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Sessions.Clear();

        Assert.Equal(0, (await machine.RunAsync("logout")).Exit);
        Assert.Empty(machine.Store.Files);
    }

    [Fact]
    public async Task Logout_keeps_a_session_that_the_broker_could_not_be_told_about()
    {
        await using var machine = await Machine.SignedInAsync();
        await machine.Broker.DisposeAsync();

        Assert.Equal(3, (await machine.RunAsync("logout")).Exit);
        Assert.Single(machine.Store.Files);
    }

    [Fact]
    public async Task Whoami_shows_the_person_and_the_sessions()
    {
        await using var machine = await Machine.SignedInAsync(canDecide: true);

        var ran = await machine.RunAsync("whoami");

        Assert.Contains("Ana Diaz  ana@example.com", ran.Out, StringComparison.Ordinal);
        Assert.Contains("01KAM0SESSIONASK (this one)", ran.Out, StringComparison.Ordinal);
        Assert.Contains("ask and decide", ran.Out, StringComparison.Ordinal);
        Assert.Contains("in 12h (22:00)", ran.Out, StringComparison.Ordinal);
        Assert.Contains("192.0.2.7, says it is laptop", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_from_the_environment_stands_in_for_the_stored_sessions()
    {
        await using var machine = await Machine.SignedInAsync(canDecide: true);
        machine.Broker.Sessions["given"] = Sample.Session("01KAM0GIVEN");
        machine.Environment["JIT_TOKEN"] = "given";

        await machine.RunAsync("whoami");

        Assert.Equal("given", machine.Broker.Calls[^1].Bearer);
        Assert.Equal(2, (await machine.RunAsync("login")).Exit);
    }

    [Theory]
    [InlineData("whoami")]
    [InlineData("list")]
    [InlineData("mine")]
    [InlineData("pending")]
    [InlineData("done")]
    [InlineData("logout")]
    [InlineData("request", "x")]
    [InlineData("cancel", "x")]
    [InlineData("creds", "x")]
    [InlineData("revoke", "x", "y")]
    [InlineData("approve", "x")]
    [InlineData("deny", "x", "y")]
    [InlineData("exec", "x", "--", "true")]
    public async Task Without_a_session_every_verb_says_unauthenticated(params string[] args)
    {
        await using var machine = await Machine.StartAsync();

        var ran = await machine.RunAsync(args);

        Assert.Equal((1, Codes.Unauthenticated), (ran.Exit, ran.Code));
        Assert.Empty(ran.Out);
        if (args[0] != "logout")
            Assert.Contains("jit login", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_ended_at_the_broker_is_unauthenticated_too()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Sessions.Clear();

        var ran = await machine.RunAsync("list");

        Assert.Equal((1, Codes.Unauthenticated), (ran.Exit, ran.Code));
        Assert.Contains("→ jit login", ran.Err, StringComparison.Ordinal);
    }
}
