using JitBroker.Audit;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.SignIn;

/// <summary>A broker with Slack switched on, and the steps of a sign-in.</summary>
internal static class SigningIn
{
    public static readonly ChatSurfaces Slack = new([new ChatSurface(Surface.Slack, "C1", "")]);

    public static async Task<SignInStarted> StartAsync(this TestBroker broker, SessionScope scope = SessionScope.Ask, string address = "192.0.2.7", string? host = "box") =>
        (await broker.Get<StartSignIn>().HandleAsync(scope, Surface.Cli, address, host, CancellationToken.None)).Value!;

    public static Task<Outcome<SignInPrompt>> ShowAsync(this TestBroker broker, string who, string code) =>
        broker.Get<ShowSignIn>().HandleAsync(InChat(who), code, CancellationToken.None);

    public static Task<Outcome<SignInAnswered>> AnswerAsync(this TestBroker broker, string who, string confirmId, bool confirm = true) =>
        broker.Get<AnswerSignIn>().HandleAsync(InChat(who), confirmId, confirm, CancellationToken.None);

    public static Task<SignInPolled> PollAsync(this TestBroker broker, SignInStarted started) =>
        broker.Get<RedeemSignIn>().HandleAsync(started.DeviceCode, Surface.Cli, CancellationToken.None);

    /// <summary>The whole flow.</summary>
    public static async Task<SignInPolled.SignedIn> SignInAsync(this TestBroker broker, string who, SessionScope scope = SessionScope.Ask)
    {
        var started = await broker.StartAsync(scope);
        var prompt = (await broker.ShowAsync(who, started.UserCode)).Value!;
        Assert.NotNull((await broker.AnswerAsync(who, prompt.ConfirmId)).Value);
        return Assert.IsType<SignInPolled.SignedIn>(await broker.PollAsync(started));
    }

    public static Actor InChat(string who) => TestBroker.As(who, Surface.Slack) with { Via = "slack:T0EX/U0" + who.ToUpperInvariant() };

    /// <summary>Types of the events of an aggregate, in order.</summary>
    public static Task<IReadOnlyList<string>> EventsOfAsync(this TestBroker broker, string aggregateId) =>
        broker.Database.ReadAsync(s => s.QueryAsync<string>("select type from events where aggregate_id = @aggregateId order by version", new { aggregateId }, CancellationToken.None), CancellationToken.None);

    public static Task<IReadOnlyList<string>> ColumnAsync(this TestBroker broker, string sql) =>
        broker.Database.ReadAsync(s => s.QueryAsync<string>(sql, null, CancellationToken.None), CancellationToken.None);
}
