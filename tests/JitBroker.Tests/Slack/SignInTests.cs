using JitBroker.Leases;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Signing in a terminal by a code typed in chat, over the wire.</summary>
public abstract class SignInSuite(Wiring wiring) : ChatSuite(wiring)
{
    private static readonly string Ana = SlackBench.Direct("ana");

    [Fact]
    public async Task The_question_names_what_the_server_saw_and_yes_signs_in()
    {
        await using var bench = await StartAsync();
        var started = await StartAsync(bench, SessionScope.Ask, "laptop <!channel>");
        await bench.SayAsync("ana", "/access login " + started.UserCode);
        await bench.UntilWhisperAsync("ana", "203.0.113.7");
        var question = SlackBench.Text(await bench.WhisperAsync("ana"));
        Assert.Contains("It says it is: laptop <!channel>", question, StringComparison.Ordinal);
        Assert.DoesNotContain("approve in your name", question, StringComparison.Ordinal);

        await bench.PressAsync("ana", (await bench.WhisperAsync("ana"))!, "login_confirm");
        await bench.UntilWhisperAsync("ana", "Signed in");
        Assert.False(SlackBench.HasButton(await bench.WhisperAsync("ana"), "login_confirm"));
        Assert.IsType<SignInPolled.SignedIn>(await RedeemAsync(bench, started));
        await bench.UntilCardAsync("A new sign-in as you", "ana", Ana);
    }

    [Fact]
    public async Task A_session_that_may_decide_says_so_and_no_refuses_it()
    {
        await using var bench = await StartAsync();
        var started = await StartAsync(bench, SessionScope.Decide, "laptop");
        await bench.SayAsync("bea", "/access login " + started.UserCode);
        await bench.UntilWhisperAsync("bea", "approve in your name");
        await bench.PressAsync("bea", (await bench.WhisperAsync("bea"))!, "login_refuse");
        await bench.UntilWhisperAsync("bea", "nobody was signed in");
        Assert.IsType<SignInPolled.Denied>(await RedeemAsync(bench, started));
    }

    [Fact]
    public async Task Somebody_else_cannot_confirm_the_question()
    {
        await using var bench = await StartAsync();
        var started = await StartAsync(bench, SessionScope.Ask, "laptop");
        await bench.SayAsync("ana", "/access login " + started.UserCode);
        await bench.UntilWhisperAsync("ana", "203.0.113.7");
        var confirm = (await bench.QueryAsync<string>("select confirm_id from sign_ins"))[0];
        await bench.DoAsync("deliver", new { kind = "interaction", body = DecideTests.Press("U0CY", "login_confirm", "1.2", confirm) });
        await bench.UntilWhisperAsync("cy", "not yours to confirm");
    }

    [Fact]
    public async Task Not_me_ends_the_session_and_what_it_collected()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        var started = await StartAsync(bench, SessionScope.Ask, "laptop");
        await bench.SayAsync("ana", "/access login " + started.UserCode);
        await bench.UntilWhisperAsync("ana", "203.0.113.7");
        await bench.PressAsync("ana", (await bench.WhisperAsync("ana"))!, "login_confirm");
        await bench.UntilWhisperAsync("ana", "Signed in");
        var session = Assert.IsType<SignInPolled.SignedIn>(await RedeemAsync(bench, started)).Session;
        var actor = TestBroker.As("ana") with { SessionId = session.Id };
        var grant = (await bench.QueryAsync<string>("select id from grants"))[0];
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(actor, grant, CancellationToken.None)).Value);
        await bench.UntilAsync(async () => SlackBench.HasButton(await bench.CardAsync("ana", Ana), "not_me"));

        await bench.PressAsync("ana", (await bench.CardAsync("ana", Ana))!, "not_me", Ana);
        await bench.UntilWhisperAsync("ana", "That session is ended. The credential it had collected is being ended.", Ana);
        Assert.Equal("revoking", Assert.Single(await bench.QueryAsync<string>("select state from leases")));
    }

    [Fact]
    public async Task An_unknown_code_is_refused()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "/access login BCDF-GHJK");
        await bench.UntilWhisperAsync("ana", "I don't know this code");
        await bench.SayAsync("ana", "/access login");
        await bench.UntilWhisperAsync("ana", "Type the code that jit login or");
    }

    private static async Task<SignInStarted> StartAsync(SlackBench bench, SessionScope scope, string host) =>
        (await bench.Get<StartSignIn>().HandleAsync(scope, Surface.Cli, "203.0.113.7", host, CancellationToken.None)).Value!;

    private static Task<SignInPolled> RedeemAsync(SlackBench bench, SignInStarted started)
    {
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        return bench.Get<RedeemSignIn>().HandleAsync(started.DeviceCode, Surface.Cli, CancellationToken.None);
    }
}
