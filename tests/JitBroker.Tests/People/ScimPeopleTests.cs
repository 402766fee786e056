using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.People.Scim;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.People;

/// <summary>Whom SCIM clients push, what they may, and what ends when they are taken away.</summary>
public sealed class ScimPeopleTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Somebody_pushed_into_a_group_that_the_catalog_refers_to_asks_and_decides(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(new ScimReference("platform engineers")));
        var (fay, gus) = (await PushAsync(broker, "fay"), await PushAsync(broker, "gus"));
        await GroupAsync(broker, "Platform Engineers", fay.Id);
        await RingAsync(broker);

        Assert.Equal(Codes.NotEligible, (await broker.SubmitAsync("gus", TestCatalog.Logs)).Refusal!.Code);
        var request = await broker.AskAsync("fay");
        Assert.NotNull((await broker.DecideAsync("bea", request.Id)).Value!.Grant);
        Assert.Equal(("Fay Pushed", "gus@example.com"), (Directory(broker).Find("fay@example.com")!.Name, Directory(broker).Find("gus@example.com")!.Email));
        Assert.Equal(["pushed"], Directory(broker).GroupsOf("fay@example.com"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Deactivation_ends_sessions_cancels_what_waits_voids_votes_and_ends_grants_before_the_client_has_its_answer(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        await RingAsync(broker);
        var ana = await PushAsync(broker, "ana");
        var bea = await PushAsync(broker, "bea");
        await RingAsync(broker);
        var session = await SignInAsync(broker, "ana");
        var grant = await broker.GrantAsync("ana");
        var waiting = await broker.AskAsync("ana", TestCatalog.Staged);
        var voted = await broker.AskAsync("cy", TestCatalog.Two);
        await broker.DecideAsync("bea", voted.Id);

        await DeactivateAsync(broker, ana);
        await DeactivateAsync(broker, bea);

        Assert.Equal(("cancelled", "requester_gone", (string?)null), await RequestAsync(broker, waiting.Id));
        Assert.Equal(["request.submitted", "request.cancelled"], await broker.EventsAsync(waiting.Id));
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.IsType<SessionFound.Unknown>(await broker.Get<Sessions>().FindAsync(session, CancellationToken.None));
        Assert.Empty((await broker.ReadAsync(voted.Id)).Bench.Counting);
        Assert.Null((await broker.DecideAsync("dan", voted.Id)).Value!.Grant);
        Assert.Equal(Codes.Inactive, (await broker.DecideAsync("bea", voted.Id)).Refusal!.Code);
        Assert.NotNull((await broker.DecideAsync("eli", voted.Id)).Value!.Grant);
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Another_replica_follows_at_its_next_look(Engine engine)
    {
        if (engine == Engine.Sqlite)
            return;
        await using var one = await TestBroker.NewAsync(engine);
        await using var two = one.Replica();
        var ana = await PushAsync(one, "ana");
        await RingAsync(one);
        await RingAsync(two);
        var grant = await two.GrantAsync("ana");

        await DeactivateAsync(one, ana);
        Assert.NotNull(Directory(two).Find("ana@example.com"));
        await RingAsync(two);

        Assert.Null(Directory(two).Find("ana@example.com"));
        Assert.Equal("ended", (await two.ReadGrantAsync(grant.Id)).State);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Deny_wins_whoever_a_client_took_away_stays_away_until_that_client_sends_them_again(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var okta = await PushAsync(broker, "ana", "okta");
        await PushAsync(broker, "ana", "entra");
        await RingAsync(broker);
        Assert.NotNull(Directory(broker).Find("ana@example.com"));

        await broker.Get<KeepUser>().DeleteAsync("okta", okta.Id, null, CancellationToken.None);
        Assert.Null(Directory(broker).Find("ana@example.com"));
        Assert.Null(Directory(broker).Find(new Identity("slack", "T0EX", "U0ANA")));
        Assert.Equal(Codes.Inactive, (await broker.SubmitAsync("ana", TestCatalog.Logs)).Refusal!.Code);

        await PushAsync(broker, "ana", "okta");
        await RingAsync(broker);
        Assert.NotNull(Directory(broker).Find("ana@example.com"));
        await PushAsync(broker, "zoe", "unknown-client");
        await RingAsync(broker);
        Assert.Null(Directory(broker).Find("zoe@example.com"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Somebody_with_a_new_address_is_not_there_twice(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(new ScimReference("g")));
        var ana = await PushAsync(broker, "ana");
        await GroupAsync(broker, "g", ana.Id);
        await RingAsync(broker);
        var request = await broker.AskAsync("ana");

        var renamed = await broker.Get<KeepUser>().ChangeAsync("okta", ana.Id, null, u => Draft("ana.smith", true), CancellationToken.None);

        Assert.IsType<ScimOutcome<ScimUser>.Done>(renamed);
        Assert.Null(Directory(broker).Find("ana@example.com"));
        Assert.NotNull(Directory(broker).Find("ana.smith@example.com"));
        Assert.Equal(("cancelled", "requester_gone", (string?)null), await RequestAsync(broker, request.Id));
        await broker.AskAsync("ana.smith");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Leaving_a_group_ends_what_it_gave_and_an_ambiguous_group_is_nobodys(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(new ScimReference("Team", null)));
        var fay = await PushAsync(broker, "fay");
        var team = await GroupAsync(broker, "Team", fay.Id);
        await RingAsync(broker);
        var grant = await broker.GrantAsync("fay");
        var waiting = await broker.AskAsync("fay", TestCatalog.Two);

        var twin = await PushAsync(broker, "gus", "entra");
        var other = (ScimOutcome<ScimGroup>.Done)await broker.Get<KeepGroup>().CreateAsync("entra", new ScimGroupChange("TEAM", Members: new HashSet<string> { twin.Id }), CancellationToken.None);
        await RingAsync(broker);
        Assert.Equal("SCIM has sent more than one group Team", Directory(broker).WhyUnknown("pushed"));
        Assert.Equal(Codes.NotEligible, (await broker.SubmitAsync("gus", TestCatalog.Logs)).Refusal!.Code);
        Assert.Equal("active", (await broker.ReadGrantAsync(grant.Id)).State);
        await broker.Get<KeepGroup>().DeleteAsync("entra", other.Value.Id, null, CancellationToken.None);
        await broker.Get<KeepGroup>().ChangeAsync("okta", team.Id, null, new ScimGroupChange(Remove: new HashSet<string> { fay.Id }), CancellationToken.None);

        Assert.Null(Directory(broker).WhyUnknown("pushed"));
        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Equal(("lapsed", "not_eligible", (string?)null), await RequestAsync(broker, waiting.Id));
        var deleted = await broker.Get<KeepGroup>().DeleteAsync("okta", team.Id, null, CancellationToken.None);
        Assert.IsType<ScimOutcome<ScimGroup>.Done>(deleted);
        Assert.Equal("SCIM has sent no group Team", Directory(broker).WhyUnknown("pushed"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_group_that_is_deleted_gives_nothing_any_more(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine, Catalog(new ScimReference("Team", "okta")));
        var fay = await PushAsync(broker, "fay");
        var team = await GroupAsync(broker, "Team", fay.Id);
        await RingAsync(broker);
        var grant = await broker.GrantAsync("fay");
        var waiting = await broker.AskAsync("fay", TestCatalog.Two);

        await broker.Get<KeepGroup>().DeleteAsync("okta", team.Id, null, CancellationToken.None);

        Assert.Equal("ended", (await broker.ReadGrantAsync(grant.Id)).State);
        Assert.Equal(("lapsed", "not_eligible", (string?)null), await RequestAsync(broker, waiting.Id));
        Assert.Empty(await broker.Database.ReadAsync(s => s.QueryAsync<string>("select user_id from scim_members", null, CancellationToken.None), CancellationToken.None));
    }

    [Fact]
    public async Task What_a_replica_that_had_not_looked_yet_gave_does_not_outlive_the_second_look()
    {
        await using var one = await TestBroker.NewAsync(Engine.Postgres);
        await using var two = one.Replica();
        var ana = await PushAsync(one, "ana");
        await RingAsync(one);
        await RingAsync(two);
        await DeactivateAsync(one, ana);

        await two.AskAsync("ana", TestCatalog.Auto);
        await RingAsync(one);
        Assert.Equal(["active"], await StatesAsync(one));
        one.Clock.Advance(ReloadPeople.Again);
        await RingAsync(one);

        Assert.Equal(["ended"], await StatesAsync(one));
    }

    private static Task<IReadOnlyList<string>> StatesAsync(TestBroker broker) =>
        broker.Database.ReadAsync(s => s.QueryAsync<string>("select state from grants", null, CancellationToken.None), CancellationToken.None);

    private static PeopleDirectory Directory(TestBroker broker) => broker.Get<CatalogHolder>().Directory;

    private static Task RingAsync(TestBroker broker) => broker.Get<ReloadPeople>().RunAsync(CancellationToken.None);

    private static CatalogSnapshot Catalog(ScimReference reference)
    {
        var catalog = TestCatalog.Of(e => e with { Eligible = ["engineering", "pushed"] });
        return catalog with { Groups = catalog.Groups.Values.Append(new Group("pushed", [], null, reference)).ToFrozenDictionary(g => g.Name, StringComparer.Ordinal) };
    }

    private static ScimUserDraft Draft(string name, bool active) =>
        new(name, null, name + "@example.com", char.ToUpperInvariant(name[0]) + name[1..] + " Pushed", active, "{}");

    private static async Task<ScimUser> PushAsync(TestBroker broker, string name, string client = "okta") =>
        Assert.IsType<ScimOutcome<ScimUser>.Done>(await broker.Get<KeepUser>().CreateAsync(client, Draft(name, true), CancellationToken.None)).Value;

    private static async Task<ScimGroup> GroupAsync(TestBroker broker, string name, params string[] members) =>
        Assert.IsType<ScimOutcome<ScimGroup>.Done>(await broker.Get<KeepGroup>().CreateAsync("okta", new ScimGroupChange(name, Members: members.ToHashSet(StringComparer.Ordinal)), CancellationToken.None)).Value;

    private static Task DeactivateAsync(TestBroker broker, ScimUser user) =>
        broker.Get<KeepUser>().ChangeAsync(user.Client, user.Id, null, u => Draft(u.UserName, false), CancellationToken.None);

    private static async Task<(string State, string? Because, string? By)> RequestAsync(TestBroker broker, string id)
    {
        var request = (await broker.ReadAsync(id)).Request;
        return (request.State, request.SettledBecause, request.SettledBy);
    }

    private static async Task<string> SignInAsync(TestBroker broker, string who)
    {
        var actor = TestBroker.As(who, Surface.Slack);
        var started = (await broker.Get<StartSignIn>().HandleAsync(SessionScope.Ask, Surface.Cli, "192.0.2.7", "box", CancellationToken.None)).Value!;
        var prompt = (await broker.Get<ShowSignIn>().HandleAsync(actor, started.UserCode, CancellationToken.None)).Value!;
        await broker.Get<AnswerSignIn>().HandleAsync(actor, prompt.ConfirmId, true, CancellationToken.None);
        return ((SignInPolled.SignedIn)await broker.Get<RedeemSignIn>().HandleAsync(started.DeviceCode, Surface.Cli, CancellationToken.None)).Token;
    }
}
