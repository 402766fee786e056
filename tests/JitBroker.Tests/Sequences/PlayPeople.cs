using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.People.Scim;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Sequences;

/// <summary>
/// Plays what changes who somebody is: accounts that are linked and unlinked, and what SCIM clients send. After each, every replica must know everybody as the model does, and whoever
/// was taken away must have nothing left.
/// </summary>
internal sealed class PlayPeople(IReadOnlyList<TestBroker> replicas, Model model, Oracle oracle, Tally tally)
{
    private static readonly string[] Clients = ["okta", "entra"];

    private readonly Dictionary<(string Person, int Client), string> _users = [];
    private int _turn;

    private TestBroker Broker => replicas[_turn++ % replicas.Count];

    /// <returns>False when it is no act of this kind.</returns>
    public async Task<bool> ActAsync(Act act, Func<int, IReadOnlyList<string>, string?> likely)
    {
        switch (act)
        {
            case Act.Link link:
                await LinkAsync(link.Account % model.Accounts.Count, PersonOf(link.Person), likely(link.Answerer, [PersonOf(link.Person)]), link);
                break;
            case Act.LinkByAddress link:
                await LinkByAddressAsync(link.Account % model.Accounts.Count, PersonOf(link.Person), link.IsConfirmed);
                break;
            case Act.Unlink unlink:
                await UnlinkAsync(unlink.Account, likely(unlink.By, [.. model.People.Where(p => model.IsIn("platform", p))]));
                break;
            case Act.Push push:
                await PushAsync(PersonOf(push.Person), push.Client % Clients.Length, push.Active);
                break;
            case Act.Remove remove:
                await RemoveAsync(PersonOf(remove.Person), remove.Client % Clients.Length);
                break;
            default:
                return false;
        }

        await FollowAsync();
        return true;
    }

    /// <summary>Every replica takes over what the others wrote, as each does every second.</summary>
    public async Task FollowAsync()
    {
        foreach (var replica in replicas)
            await replica.Get<ReloadPeople>().RunAsync(CancellationToken.None);
        AssertEverybodyIsKnown();
    }

    /// <summary>Whoever acts with an account is whom the model says, on every replica.</summary>
    public void AssertEverybodyIsKnown()
    {
        foreach (var directory in replicas.Select(r => r.Get<CatalogHolder>().Directory))
        {
            for (var account = 0; account < model.Accounts.Count; account++)
                oracle.Is(model.IdentityOf(account), directory.Find(model.IdentityOf(account))?.Email, model.WhoIs(account));
            foreach (var person in model.People)
                oracle.Is(person, directory.Find(person)?.Email, model.IsActive(person) ? person : null);
        }
    }

    private string PersonOf(int number) => model.People[number % model.People.Count];

    private async Task LinkAsync(int account, string person, string? answerer, Act.Link act)
    {
        var (ofPerson, ofAccount) = (new LinkSide(As(person), null, ""), SideOf(account));
        var shown = (await Broker.Get<ShowLink>().HandleAsync(act.FromPerson ? ofPerson : ofAccount, CancellationToken.None)).Value;
        var typed = shown is null ? null : (await Broker.Get<TypeLink>().HandleAsync(act.FromPerson ? ofAccount : ofPerson, shown.Code, CancellationToken.None)).Value;
        var answered = typed is null || answerer is null ? null : (await Broker.Get<AnswerLink>().HandleAsync(As(answerer), shown!.Id, act.Yes, null, CancellationToken.None)).Value;
        if (answered is null)
        {
            tally.Refused++;
            return;
        }

        oracle.Answered(person, answerer!);
        if (!act.Yes)
            return;
        oracle.Linked(account, person);
        Bind(account, person);
    }

    private async Task LinkByAddressAsync(int account, string person, bool isConfirmed)
    {
        var (linked, _) = await Broker.Get<LinkByProfile>().HandleAsync(model.IdentityOf(account), new ProfileEmail(person, isConfirmed), ["example.com"], CancellationToken.None);
        if (linked is null)
            return;
        oracle.LinkedByAddress(account, person, isConfirmed);
        Bind(account, person);
    }

    private void Bind(int account, string person)
    {
        model.Links[account] = person;
        model.EverLinked.Add(account);
        tally.Linked++;
    }

    /// <summary>One of those that are linked, if any is.</summary>
    private async Task UnlinkAsync(int number, string? by)
    {
        var linked = Enumerable.Range(0, model.Accounts.Count).Where(a => model.Links[a] is not null).ToList();
        if (linked.Count == 0 || by is null)
            return;
        var account = linked[number % linked.Count];
        var broker = Broker;
        var id = await broker.Database.ReadAsync(
            s => s.FirstOrDefaultAsync<string>("select id from identities where account = @account and unlinked_at is null", new { account = model.IdentityOf(account).Id }, CancellationToken.None), CancellationToken.None);
        if ((await broker.Get<UnlinkIdentity>().HandleAsync(As(by), id!, null, null, CancellationToken.None)).Value is null)
        {
            tally.Refused++;
            return;
        }

        oracle.Unlinked(account, by);
        model.Links[account] = null;
        tally.Unlinked++;
    }

    private async Task PushAsync(string person, int client, bool active)
    {
        var draft = new ScimUserDraft(person, null, person, person.Split('@')[0], active, "{}");
        var outcome = _users.TryGetValue((person, client), out var id)
            ? await Broker.Get<KeepUser>().ChangeAsync(Clients[client], id, null, _ => draft, CancellationToken.None)
            : await Broker.Get<KeepUser>().CreateAsync(Clients[client], draft, CancellationToken.None);
        _users[(person, client)] = Assert.IsType<ScimOutcome<ScimUser>.Done>(outcome).Value.Id;
        model.Push(person, client, active);
        if (!active)
            await TakenAwayAsync(person);
    }

    private async Task RemoveAsync(string person, int client)
    {
        if (!_users.Remove((person, client), out var id))
            return;
        Assert.IsType<ScimOutcome<ScimUser>.Done>(await Broker.Get<KeepUser>().DeleteAsync(Clients[client], id, null, CancellationToken.None));
        model.Push(person, client, active: false);
        await TakenAwayAsync(person);
    }

    /// <summary>Before the client had its answer.</summary>
    private async Task TakenAwayAsync(string person)
    {
        tally.TakenAway++;
        foreach (var (what, sql) in new[] { ("grant", "select id from grants where holder = @person and state in ('scheduled', 'active')"), ("request", "select id from requests where requester = @person and state = 'pending'") })
            oracle.HasNothing(person, what, await replicas[0].Database.ReadAsync(s => s.QueryAsync<string>(sql, new { person }, CancellationToken.None), CancellationToken.None));
    }

    /// <summary>As a surface makes it: by whose the account is now.</summary>
    private LinkSide SideOf(int account)
    {
        var identity = model.IdentityOf(account);
        return Broker.Get<CatalogHolder>().Directory.Find(identity) is { } person
            ? new LinkSide(new Actor(person, Surface.Slack, "test:" + account.ToString(CultureInfo.InvariantCulture)), identity, "")
            : new LinkSide(null, identity, "x");
    }

    private static Actor As(string person) => Play.As(person, Surface.Slack);
}
