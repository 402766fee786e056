using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.SignIn;

public sealed class SignInTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_confirmed_code_gives_a_session_once_and_tells_its_person(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, surfaces: SigningIn.Slack);
        var started = await broker.StartAsync();
        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", started.UserCode);
        Assert.IsType<SignInPolled.Pending>(await broker.PollAsync(started));

        var prompt = (await broker.ShowAsync("ana", started.UserCode.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal))).Value!;
        Assert.Equal(("192.0.2.7", "box", SessionScope.Ask), (prompt.Address, prompt.Host, prompt.Scope));
        Assert.NotNull((await broker.AnswerAsync("ana", prompt.ConfirmId)).Value);
        var signedIn = Assert.IsType<SignInPolled.SignedIn>(await broker.PollAsync(started));

        Assert.IsType<SignInPolled.Unknown>(await broker.PollAsync(started));
        Assert.Equal(("ana@example.com", TimeSpan.FromHours(12)), (signedIn.Session.Person, signedIn.Session.EndsAt - signedIn.Session.StartedAt));
        var live = Assert.IsType<SessionFound.Live>(await broker.Get<Sessions>().FindAsync(signedIn.Token, CancellationToken.None));
        Assert.Equal("ana@example.com", live.Person.Email);
        Assert.Equal(["sign_in.shown", "sign_in.confirmed", "sign_in.redeemed"], await broker.EventsOfAsync(prompt.ConfirmId));
        Assert.Equal(["session.started"], await broker.EventsOfAsync(signedIn.Session.Id));
        Assert.Equal([$"{Templates.SignInNotice} {signedIn.Session.Id} person:ana@example.com"], await broker.ColumnAsync("select template || ' ' || about_id || ' ' || recipient from deliveries"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_code_and_no_token_is_stored(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, surfaces: SigningIn.Slack);
        var started = await broker.StartAsync();
        var prompt = (await broker.ShowAsync("ana", started.UserCode)).Value!;
        await broker.AnswerAsync("ana", prompt.ConfirmId);
        var signedIn = (SignInPolled.SignedIn)await broker.PollAsync(started);

        var rows = string.Join('\n', [
            .. await broker.ColumnAsync("select device_code_hash || ' ' || user_code_hash from sign_ins"),
            .. await broker.ColumnAsync("select token_hash || ' ' || id from sessions"),
            .. await broker.ColumnAsync("select data from events"),
            .. await broker.ColumnAsync("select data from deliveries"),
        ]);

        foreach (var secret in new[] { started.DeviceCode, started.UserCode, signedIn.Token })
            Assert.DoesNotContain(secret, rows, StringComparison.Ordinal);
        Assert.DoesNotContain(signedIn.Token, signedIn.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(started.DeviceCode, started.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_person_can_neither_see_nor_answer_a_code_that_was_shown(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var started = await broker.StartAsync();
        var prompt = (await broker.ShowAsync("ana", started.UserCode)).Value!;

        var seen = await broker.ShowAsync("bea", started.UserCode);
        var answered = await broker.AnswerAsync("bea", prompt.ConfirmId);

        Assert.Equal((Codes.NotFound, Codes.NotFound), (seen.Refusal!.Code, answered.Refusal!.Code));
        Assert.IsType<SignInPolled.Pending>(await broker.PollAsync(started));
        Assert.Equal(["bea@example.com"], await broker.ColumnAsync("select person from sign_in_misses"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_code_works_once_and_is_answered_once(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var started = await broker.StartAsync();
        var prompt = (await broker.ShowAsync("ana", started.UserCode)).Value!;

        Assert.Equal(Codes.NotFound, (await broker.ShowAsync("ana", started.UserCode)).Refusal!.Code);
        Assert.NotNull((await broker.AnswerAsync("ana", prompt.ConfirmId, confirm: false)).Value);
        Assert.Equal(Codes.AlreadySettled, (await broker.AnswerAsync("ana", prompt.ConfirmId)).Refusal!.Code);

        Assert.IsType<SignInPolled.Denied>(await broker.PollAsync(started));
        Assert.Empty(await broker.ColumnAsync("select id from sessions"));
        Assert.Empty(await broker.ColumnAsync("select person from sign_in_misses"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task After_five_minutes_nothing_of_it_works(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var (unseen, shown, confirmed) = (await broker.StartAsync(), await broker.StartAsync(), await broker.StartAsync());
        var question = (await broker.ShowAsync("ana", shown.UserCode)).Value!;
        await broker.AnswerAsync("ana", (await broker.ShowAsync("ana", confirmed.UserCode)).Value!.ConfirmId);

        broker.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(Codes.NotFound, (await broker.ShowAsync("ana", unseen.UserCode)).Refusal!.Code);
        Assert.Equal(Codes.NotFound, (await broker.AnswerAsync("ana", question.ConfirmId)).Refusal!.Code);
        foreach (var started in new[] { unseen, shown, confirmed })
            Assert.IsType<SignInPolled.Expired>(await broker.PollAsync(started));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Three_unknown_codes_lock_that_person_and_nobody_else_even_for_a_right_code(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        foreach (var wrong in new[] { "BBBB-BBBB", "nonsense", "CCCC-CCCC" })
            Assert.Equal(Codes.NotFound, (await broker.ShowAsync("ana", wrong)).Refusal!.Code);
        broker.Clock.Advance(TimeSpan.FromMinutes(9));
        var right = await broker.StartAsync();

        var locked = await broker.ShowAsync("ana", right.UserCode);

        Assert.Equal((Codes.RateLimited, TimeSpan.FromMinutes(1)), (locked.Refusal!.Code, locked.Refusal.RetryAfter));
        Assert.NotNull((await broker.ShowAsync("bea", right.UserCode)).Value);
        broker.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull((await broker.ShowAsync("ana", (await broker.StartAsync()).UserCode)).Value);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Guesses_at_the_same_time_are_counted_one_after_another(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => broker.ShowAsync("ana", "BBBB-BBBB")));

        Assert.Equal(3, outcomes.Count(o => o.Refusal!.Code == Codes.NotFound));
        Assert.Equal(21, outcomes.Count(o => o.Refusal!.Code == Codes.RateLimited));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Two_wrong_codes_long_apart_lock_nobody(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(Codes.NotFound, (await broker.ShowAsync("ana", "BBBB-BBBB")).Refusal!.Code);
            broker.Clock.Advance(TimeSpan.FromMinutes(6));
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_many_who_type_a_code_at_once_one_is_asked(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var started = await broker.StartAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => broker.ShowAsync($"owner{i}", started.UserCode)));

        Assert.Single(outcomes, o => o.Value is not null);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Of_many_polls_at_once_one_gets_the_session(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var started = await broker.StartAsync();
        await broker.AnswerAsync("ana", (await broker.ShowAsync("ana", started.UserCode)).Value!.ConfirmId);

        var polls = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => broker.PollAsync(started)));

        Assert.Single(polls.OfType<SignInPolled.SignedIn>());
        Assert.Single(await broker.ColumnAsync("select id from sessions"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Polling_faster_than_asked_is_told_to_slow_down(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var started = await broker.StartAsync();

        Assert.IsType<SignInPolled.Pending>(await broker.PollAsync(started));
        Assert.Equal(started.Interval + TimeSpan.FromSeconds(5), Assert.IsType<SignInPolled.SlowDown>(await broker.PollAsync(started)).Interval);
        broker.Clock.Advance(started.Interval);
        Assert.IsType<SignInPolled.SlowDown>(await broker.PollAsync(started));
        broker.Clock.Advance(TimeSpan.FromSeconds(12));
        Assert.IsType<SignInPolled.Pending>(await broker.PollAsync(started));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Open_sign_ins_are_bounded_per_address(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        for (var i = 0; i < StartSignIn.OpenPerAddress; i++)
            Assert.NotNull(await broker.StartAsync());

        var more = await broker.Get<StartSignIn>().HandleAsync(SessionScope.Ask, Surface.Cli, "192.0.2.7", null, CancellationToken.None);

        Assert.Equal(Codes.RateLimited, more.Refusal!.Code);
        Assert.NotNull(await broker.StartAsync(address: "192.0.2.8"));
        broker.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(await broker.StartAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_a_machine_says_of_itself_is_cut_and_cleaned(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var started = await broker.StartAsync(host: "bo\u202Ex\n\0" + new string('y', 500));

        var prompt = (await broker.ShowAsync("ana", started.UserCode)).Value!;

        Assert.Equal("box" + new string('y', 77), prompt.Host);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task One_who_leaves_the_catalog_before_the_poll_gets_no_session(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var started = await broker.StartAsync();
        var prompt = (await broker.ShowAsync("ana", started.UserCode)).Value!;
        await broker.AnswerAsync("ana", prompt.ConfirmId);
        broker.Catalog = broker.Catalog.Without("ana@example.com");

        Assert.IsType<SignInPolled.Denied>(await broker.PollAsync(started));

        Assert.Equal("sign_in.refused", (await broker.EventsOfAsync(prompt.ConfirmId))[^1]);
        Assert.Equal(Codes.Inactive, (await broker.ShowAsync("ana", "BBBB-BBBB")).Refusal!.Code);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task What_is_over_is_pruned(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        await broker.SignInAsync("ana");
        await broker.StartAsync();
        await broker.ShowAsync("bea", "BBBB-BBBB");
        broker.Clock.Advance(TimeSpan.FromDays(32));

        await new SignInPruneSweep(broker.Database, broker.Get<SignInStore>(), broker.Get<SessionStore>(), broker.Clock).RunAsync(CancellationToken.None);

        Assert.Empty(await broker.ColumnAsync("select user_code_hash from sign_ins union all select id from sign_in_misses union all select id from sessions"));
    }
}
