using JitBroker.Leases;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>Signing in a terminal by a code typed in chat, over the wire.</summary>
public abstract class SignInSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task The_question_names_what_the_server_saw_and_yes_signs_in()
    {
        await using var bench = await StartAsync();
        var started = await StartAsync(bench, SessionScope.Ask, "laptop <!channel>");
        await bench.SayAsync("ana", "login " + started.UserCode);
        var question = await bench.UntilToldAsync("ana", "203.0.113.7");
        Assert.Contains("It says it is: laptop <!channel>", question.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("approve in your name", question.Text, StringComparison.Ordinal);

        await bench.PressAsync("ana", question, "login_confirm");
        Assert.False((await bench.UntilToldAsync("ana", "Signed in")).Has("login_confirm"));
        Assert.IsType<SignInPolled.SignedIn>(await RedeemAsync(bench, started));
        await bench.UntilCardAsync("A new sign-in as you", "ana", Place.Direct);
    }

    [Fact]
    public async Task A_session_that_may_decide_says_so_and_no_refuses_it()
    {
        await using var bench = await StartAsync();
        var started = await StartAsync(bench, SessionScope.Decide, "laptop");
        await bench.SayAsync("bea", "login " + started.UserCode);
        await bench.PressAsync("bea", await bench.UntilToldAsync("bea", "approve in your name"), "login_refuse");
        await bench.UntilToldAsync("bea", "nobody was signed in");
        Assert.IsType<SignInPolled.Denied>(await RedeemAsync(bench, started));
    }

    [Fact]
    public async Task Somebody_else_cannot_confirm_the_question()
    {
        await using var bench = await StartAsync();
        var started = await StartAsync(bench, SessionScope.Ask, "laptop");
        await bench.SayAsync("ana", "login " + started.UserCode);
        await bench.UntilToldAsync("ana", "203.0.113.7");
        await bench.ForgePressAsync("cy", "login_confirm", (await bench.QueryAsync<string>("select confirm_id from sign_ins"))[0]);
        await bench.UntilToldAsync("cy", "not yours to confirm");
    }

    [Fact]
    public async Task Not_me_ends_the_session_and_what_it_collected()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        var started = await StartAsync(bench, SessionScope.Ask, "laptop");
        await bench.SayAsync("ana", "login " + started.UserCode);
        await bench.PressAsync("ana", await bench.UntilToldAsync("ana", "203.0.113.7"), "login_confirm");
        await bench.UntilToldAsync("ana", "Signed in");
        var session = Assert.IsType<SignInPolled.SignedIn>(await RedeemAsync(bench, started)).Session;
        var actor = TestBroker.As("ana") with { SessionId = session.Id };
        var grant = (await bench.QueryAsync<string>("select id from grants"))[0];
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(actor, grant, CancellationToken.None)).Value);

        await bench.PressAsync("ana", await bench.UntilButtonAsync("ana", "not_me"), "not_me");
        await bench.UntilToldAsync("ana", "That session is ended. The credential it had collected is being ended.");
        Assert.Equal("revoking", Assert.Single(await bench.QueryAsync<string>("select state from leases")));
    }

    [Fact]
    public async Task An_unknown_code_is_refused()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "login BCDF-GHJK");
        await bench.UntilToldAsync("ana", "I don't know this code");
        await bench.SayAsync("ana", "login");
        await bench.UntilToldAsync("ana", "Type the code that jit login or");
    }

    private static async Task<SignInStarted> StartAsync(ChatBench bench, SessionScope scope, string host) =>
        (await bench.Get<StartSignIn>().HandleAsync(scope, Surface.Cli, "203.0.113.7", host, CancellationToken.None)).Value!;

    private static Task<SignInPolled> RedeemAsync(ChatBench bench, SignInStarted started)
    {
        bench.Clock.Advance(TimeSpan.FromSeconds(3));
        return bench.Get<RedeemSignIn>().HandleAsync(started.DeviceCode, Surface.Cli, CancellationToken.None);
    }
}
