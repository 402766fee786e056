using FsCheck;
using FsCheck.Fluent;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.Policy;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.People;

/// <summary>Whatever anybody does in whatever order, an account goes from nobody to one person and from there to nobody only by an admin; the rows, the events and the memory agree.</summary>
public sealed class LinkPropertyTests
{
    private static readonly string[] People = ["ana", "bea", "cy"];

    private static readonly Identity[] Accounts = [new("slack", "T0EX", "U0FAY"), new("slack", "T1EX", "U0FAY"), new("teams", "t", "o"), new("slack", "T0EX", "U0BEA")];

    private static readonly Gen<(int Kind, int Person, int Account, int Link)> Step =
        from kind in Gen.Choose(0, 5) from person in Gen.Choose(0, 2) from account in Gen.Choose(0, 3) from link in Gen.Choose(0, 9) select (kind, person, account, link);

    public static TheoryData<Engine, int> Sequences => new() { { Engine.Sqlite, 25 }, { Engine.Postgres, 5 } };

    [Theory]
    [MemberData(nameof(Sequences))]
    public async Task A_binding_never_moves(Engine engine, int sequences)
    {
        foreach (var steps in Step.ListOf(30).Sample(sequences))
        {
            await using var broker = await TestBroker.NewAsync(engine);
            var codes = new List<(string Id, string Code)>();
            var bound = new Dictionary<Identity, string>();
            foreach (var step in steps)
            {
                await DoAsync(broker, codes, step);
                await CheckAsync(broker, bound, unlinks: step.Kind == 4);
            }

            await broker.AssertEventsHaveNoHolesAsync();
        }
    }

    private static async Task DoAsync(TestBroker broker, List<(string Id, string Code)> codes, (int Kind, int Person, int Account, int Link) step)
    {
        var (who, account) = (TestBroker.As(People[step.Person], Surface.Slack), Accounts[step.Account]);
        var some = codes.Count == 0 ? ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "BCDF-GHJK") : codes[step.Link % codes.Count];
        var directory = broker.Get<CatalogHolder>().Directory;
        var side = step.Link % 2 == 0 ? new LinkSide(who, null, "") : Side(directory, account);
        switch (step.Kind)
        {
            case 0:
                if ((await broker.Get<ShowLink>().HandleAsync(side, CancellationToken.None)).Value is { } shown)
                    codes.Add((shown.Id, shown.Code));
                break;
            case 1 or 2:
                await broker.Get<TypeLink>().HandleAsync(side, some.Item2, CancellationToken.None);
                break;
            case 3:
                await broker.Get<AnswerLink>().HandleAsync(who, some.Item1, step.Account > 0, null, CancellationToken.None);
                break;
            case 4:
                var linked = await broker.Database.ReadAsync(s => s.QueryAsync<string>("select id from identities where unlinked_at is null order by id", null, CancellationToken.None), CancellationToken.None);
                await broker.Get<UnlinkIdentity>().HandleAsync(TestBroker.As(step.Person == 0 ? "ana" : "dan"), linked.Count == 0 ? "none" : linked[step.Link % linked.Count], null, null, CancellationToken.None);
                break;
            default:
                await broker.Get<LinkByProfile>().HandleAsync(account, new ProfileEmail(People[step.Person] + "@example.com", step.Link > 2), ["example.com"], CancellationToken.None);
                broker.Clock.Advance(TimeSpan.FromMinutes(step.Link == 9 ? 11 : 1));
                break;
        }
    }

    /// <summary>As a surface makes it: by whose the account is now.</summary>
    private static LinkSide Side(PeopleDirectory directory, Identity account) =>
        directory.Find(account) is { } person ? new LinkSide(new Actor(person, Surface.Slack, "test"), account, "") : new LinkSide(null, account, "x");

    private static async Task CheckAsync(TestBroker broker, Dictionary<Identity, string> bound, bool unlinks)
    {
        var rows = await broker.Database.ReadAsync(
            s => s.QueryAsync<string>("select surface || '|' || tenant || '|' || account || '|' || person from identities where unlinked_at is null", null, CancellationToken.None), CancellationToken.None);
        var now = rows.Select(r => r.Split('|')).ToDictionary(p => new Identity(p[0], p[1], p[2]), p => p[3]);
        Assert.DoesNotContain(new Identity("slack", "T0EX", "U0BEA"), now.Keys);
        foreach (var (account, person) in bound.ToList())
            Assert.True(now.TryGetValue(account, out var is_) ? is_ == person : unlinks, $"{account} was {person}'s and is {is_ ?? "nobody"}'s");
        var directory = broker.Get<CatalogHolder>().Directory;
        foreach (var account in Accounts.Take(3))
            Assert.Equal(now.GetValueOrDefault(account), directory.Find(account)?.Email);
        bound.Clear();
        foreach (var (account, person) in now)
            bound[account] = person;
    }
}
