using System.Globalization;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Sequences;

/// <summary>How often something that counts came about, so that a run which proves nothing is seen.</summary>
internal sealed class Tally
{
    public int Grants { get; set; }

    public int ByRule { get; set; }

    public int OfSeveral { get; set; }

    public int Escalated { get; set; }

    public int Extended { get; set; }

    public int Emergencies { get; set; }

    public int Refused { get; set; }

    public int Collected { get; set; }

    public int Linked { get; set; }

    public int Unlinked { get; set; }

    public int TakenAway { get; set; }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Grants} grants, {ByRule} by rule, {OfSeveral} of several people, {Escalated} after an escalation, {Extended} extensions, {Emergencies} emergencies, {Refused} refusals, {Collected} collections, {Linked} links, {Unlinked} unlinked, {TakenAway} taken away");
}

/// <summary>Plays one scene on the broker, over both of its replicas in turn, and lets the oracle judge whatever comes of it.</summary>
internal sealed class Play
{
    private readonly IReadOnlyList<TestBroker> _replicas;
    private readonly Tally _tally;
    private readonly string _prefix;
    private readonly Model _model;
    private readonly Oracle _oracle;
    private readonly PlayPeople _people;
    private readonly List<Seen> _requests = [];
    private readonly List<Born> _grants = [];
    private int _turn;

    private Play(IReadOnlyList<TestBroker> replicas, string prefix, Scene scene, Tally tally)
    {
        (_replicas, _prefix, _tally) = (replicas, prefix, tally);
        _model = new Model(prefix, scene);
        _oracle = new Oracle(_model);
        _people = new PlayPeople(replicas, _model, _oracle, tally);
    }

    private TestBroker Broker => _replicas[_turn++ % _replicas.Count];

    private DateTimeOffset Now => _replicas[0].Clock.GetUtcNow();

    /// <exception cref="BrokenRuleException">The broker did what it must never do.</exception>
    public static async Task RunAsync(IReadOnlyList<TestBroker> replicas, string prefix, Scene scene, Tally tally)
    {
        // What earlier scenes left behind is over by then.
        replicas[0].Clock.Advance(TimeSpan.FromDays(2));
        var play = new Play(replicas, prefix, scene, tally);
        play.Proclaim();
        foreach (var act in scene.Acts)
            await play.ActAsync(act);
        await play.AssertNothingElseWasGrantedAsync();
    }

    private async Task ActAsync(Act act)
    {
        switch (act)
        {
            case Act.Submit submit:
                await SubmitAsync(submit);
                break;
            case Act.Decide decide when Pick(_requests, decide.Request) is { } request:
                await DecideAsync(request, [(Likely(decide.Account, Deciders(request)), decide.Approve, decide.Less)], decide.Surface);
                break;
            case Act.DecideTogether together when Pick(_requests, together.Request) is { } request:
                await DecideAsync(request, [.. together.Accounts.Select((a, i) => (Likely(a, Deciders(request)), !together.LastDenies || i < together.Accounts.Count - 1, (int?)null))], Surface.Slack);
                break;
            case Act.Cancel cancel when Pick(_requests, cancel.Request) is { } request && Holder(cancel.Account) is { } who:
                request.IsSettled |= (await Broker.Get<CancelRequest>().HandleAsync(As(who), request.Id, null, CancellationToken.None)).Value is not null;
                break;
            case Act.Collect collect when Pick(_grants, collect.Grant) is { } grant && Likely(collect.Account, [grant.Request.Requester]) is { } who:
                if ((await Broker.Get<MintLease>().HandleAsync(As(who), grant.Id, CancellationToken.None)).Value is not null)
                {
                    _oracle.Collected(grant, who, Now);
                    _tally.Collected++;
                }

                break;
            case Act.End end when Pick(_grants, end.Grant) is { } grant && Holder(end.Account) is { } who:
                grant.IsEnded |= (await Broker.Get<EndGrant>().HandleAsync(As(who), grant.Id, "enough", null, CancellationToken.None)).Value is not null;
                break;
            case Act.Extend extend when Pick(_grants, extend.Grant) is { } grant && Likely(extend.Account, [grant.Request.Requester]) is { } who:
                await ExtendAsync(grant, who, extend.Minutes);
                break;
            case Act.Take take:
                await TakeAsync(take);
                break;
            case Act.Wait wait:
                _replicas[0].Clock.Advance(TimeSpan.FromMinutes(wait.Minutes));
                if (wait.Sweeps)
                    await SweepAsync(Broker);
                break;
            default:
                if (!await _people.ActAsync(act, Likely) && Change(act))
                    Proclaim();
                break;
        }
    }

    /// <summary>What the alarm clock rings, and what a catalog that came into force sets going.</summary>
    private async Task SweepAsync(TestBroker broker)
    {
        await _people.FollowAsync();
        await broker.SweepAsync();
        await broker.Get<LapseRequests>().ConformAsync(CancellationToken.None);
        await broker.Get<EndDueGrants>().ConformAsync(CancellationToken.None);
    }

    private bool Change(Act act)
    {
        switch (act)
        {
            case Act.Join join:
                _model.Join(Pick(_model.People, join.Person)!, Pick(Model.GroupNames, join.Group)!);
                return true;
            case Act.Leave leave:
                _model.Leave(Pick(_model.People, leave.Person)!, Pick(Model.GroupNames, leave.Group)!);
                return true;
            case Act.Deactivate deactivate:
                _model.Deactivate(Pick(_model.People, deactivate.Person)!);
                return true;
            case Act.Return back:
                _model.Return(Pick(_model.People, back.Person)!);
                return true;
            case Act.Name name:
                _model.Accounts[name.Account % _model.Accounts.Count] = Pick(_model.People, name.Person);
                return true;
            case Act.Unname unname:
                _model.Accounts[unname.Account % _model.Accounts.Count] = null;
                return true;
            case Act.ChangeRule rule:
                _model.Change(rule.Entitlement % Model.Entitlements, Rule.Known[rule.Rule % Rule.Known.Count]);
                return true;
            case Act.ChangeGrants grants:
                _model.ChangeGrants(grants.Entitlement % Model.Entitlements);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The catalog of the moment, on every replica.</summary>
    private void Proclaim()
    {
        var catalog = _model.ToCatalog();
        foreach (var replica in _replicas)
            replica.Catalog = catalog;
        _people.AssertEverybodyIsKnown();
    }

    private async Task SubmitAsync(Act.Submit submit)
    {
        if (Likely(submit.Account, [.. _model.People.Where(p => _model.IsIn("askers", p))]) is not { } who)
            return;
        var (entitlement, now) = (submit.Entitlement % Model.Entitlements, Now);
        DateTimeOffset? start = submit.Start is { } minutes ? now + TimeSpan.FromMinutes(minutes) : null;
        var order = new SubmitOrder(_model.EntitlementNames[entitlement], false, TimeSpan.FromMinutes(submit.Minutes), "", start);
        var broker = Broker;
        var outcome = await broker.Get<SubmitRequest>().HandleAsync(As(who, submit.Surface), order, null, CancellationToken.None);
        if (outcome.Value is null)
        {
            _tally.Refused++;
            return;
        }

        var request = Assert.Single(outcome.Value.Requests);
        var seen = new Seen(request.Id, who, entitlement, _model.RuleOf(entitlement), _model.GrantsOf(entitlement), now, TimeSpan.FromMinutes(submit.Minutes), start);
        _requests.Add(seen);
        if (request.IsPending)
            return;
        seen.IsSettled = true;
        var details = await broker.ReadAsync(request.Id);
        _oracle.BornByRule(seen, details.Bench.Decisions.Count);
        Assert.Equal(("rule", null), (details.Request.SettledBecause, details.Request.SettledBy));
        _grants.Add(new Born(details.Grant!.Id, seen, details.Grant.StartsAt) { EndsAt = details.Grant.EndsAt });
        _tally.ByRule++;
    }

    private async Task ExtendAsync(Born grant, string who, int minutes)
    {
        var (broker, now) = (Broker, Now);
        var outcome = await broker.Get<SubmitExtension>().HandleAsync(As(who), new ExtendOrder(grant.Id, $"{minutes.ToString(CultureInfo.InvariantCulture)}m", "more"), null, CancellationToken.None);
        if (outcome.Value is not { } request)
        {
            _tally.Refused++;
            return;
        }

        var entitlement = grant.Request.Entitlement;
        var rule = grant.IsEmergency ? _model.RuleOf(entitlement).OfEmergency : _model.RuleOf(entitlement);
        var seen = new Seen(request.Id, who, entitlement, rule, _model.GrantsOf(entitlement), now, TimeSpan.FromMinutes(minutes), null, grant);
        _requests.Add(seen);
        if (request.IsPending)
            return;
        seen.IsSettled = true;
        _oracle.BornByRule(seen, 0);
        Extended(seen, (await broker.ReadGrantAsync(grant.Id)).EndsAt, now);
    }

    private async Task TakeAsync(Act.Take take)
    {
        if (Likely(take.Account, [.. _model.People.Where(p => _model.IsIn("oncall", p))]) is not { } who)
            return;
        var (entitlement, now) = (take.Entitlement % Model.Entitlements, Now);
        var order = new EmergencyOrder(_model.EntitlementNames[entitlement], TimeSpan.FromMinutes(take.Minutes), "INC-1", "it burns");
        if ((await Broker.Get<TakeBreakGlass>().HandleAsync(As(who), order, null, CancellationToken.None)).Value is not { } taken)
        {
            _tally.Refused++;
            return;
        }

        var seen = new Seen(taken.Request.Id, who, entitlement, _model.RuleOf(entitlement), _model.GrantsOf(entitlement), now, TimeSpan.FromMinutes(take.Minutes), null) { IsSettled = true };
        var born = new Born(taken.Grant.Id, seen, taken.Grant.StartsAt) { EndsAt = taken.Grant.EndsAt, IsEmergency = true };
        _oracle.Taken(born, who, taken.Grant.BreakGlass && taken.Request.Kind == "break_glass", now);
        _grants.Add(born);
        _tally.Emergencies++;
    }

    private void Extended(Seen extension, DateTimeOffset endsAt, DateTimeOffset now)
    {
        _oracle.Extended(extension, endsAt, now);
        (extension.Extends!.EndsAt, extension.Extends.Extensions) = (endsAt, extension.Extends.Extensions + 1);
        _tally.Extended++;
    }

    /// <summary>All at once, and judged in the order in which the request's lock let them through: whoever settled it came last.</summary>
    private async Task DecideAsync(Seen request, IReadOnlyList<(string? Who, bool Approve, int? Less)> words, Surface surface)
    {
        var now = Now;
        var taken = await Task.WhenAll(words.Where(w => w.Who is not null).Select(async word =>
        {
            var order = new DecideOrder(request.Id, word.Approve, word.Approve ? null : "no", word.Less is { } less ? TimeSpan.FromMinutes(less) : null);
            var outcome = await Broker.Get<DecideRequest>().HandleAsync(As(word.Who!, surface), order, null, CancellationToken.None);
            return (word, outcome.Value);
        }));
        foreach (var (word, decided) in taken.Where(t => t.Value is not null).OrderBy(t => !t.Value!.Request.IsPending))
        {
            _oracle.Decided(request, word.Who!, now);
            request.Votes.Add((word.Who!, word.Approve, word.Less is { } less ? TimeSpan.FromMinutes(less) : null));
            if (decided!.Grant is { } grant)
                Bear(request, grant, now);
            request.IsSettled |= !decided.Request.IsPending;
        }

        _tally.Refused += taken.Count(t => t.Value is null);
    }

    private void Bear(Seen request, Grant grant, DateTimeOffset now)
    {
        if (request.Extends is not null)
        {
            _oracle.Approved(request, now);
            Extended(request, grant.EndsAt, now);
            return;
        }

        var born = new Born(grant.Id, request, grant.StartsAt) { EndsAt = grant.EndsAt };
        _oracle.BornOfVotes(born, now);
        _grants.Add(born);
        _tally.Grants++;
        _tally.OfSeveral += request.Votes.Count > 1 ? 1 : 0;
        _tally.Escalated += request.Votes.Exists(v => request.Pinned.Stages.SelectMany(s => s).SelectMany(a => a).All(p => !_model.IsIn(p.Group, v.Person))) ? 1 : 0;
    }

    /// <summary>Every grant there is was seen to be born, and none has a longer life than then.</summary>
    private async Task AssertNothingElseWasGrantedAsync()
    {
        var rows = await _replicas[0].Database.ReadAsync(
            s => s.QueryAsync<GrantRow>(
                "select g.id, g.request_id, g.holder, g.ends_at, g.break_glass from grants g join requests r on r.id = g.request_id where r.requester like @like", new { like = _prefix + "%" }, CancellationToken.None),
            CancellationToken.None);
        foreach (var row in rows)
        {
            var born = _grants.Find(g => g.Id == row.Id) ?? throw new BrokenRuleException($"grant {row.Id} of request {row.RequestId} is there and nobody saw it made");
            if (row.EndsAt > born.EndsAt || row.Holder != born.Request.Requester || row.BreakGlass != born.IsEmergency)
                throw new BrokenRuleException($"grant {row.Id} is not as it was born");
        }
    }

    /// <summary>Mostly one who has business there, so that much comes about; otherwise whoever holds the account, if anybody.</summary>
    private string? Likely(int number, IReadOnlyList<string> people) => number % 4 != 0 && people.Count > 0 ? Pick(people, number / 4) : Holder(number / 4);

    private string? Holder(int number) => _model.HolderOf(number % _model.Accounts.Count);

    /// <summary>Whoever stands in a group of either rule, at any time.</summary>
    private IReadOnlyList<string> Deciders(Seen request)
    {
        var groups = request.Pinned.Stages.Concat(_model.RuleOf(request.Entitlement).Stages).SelectMany(s => s).SelectMany(a => a).SelectMany(p => new[] { p.Group, p.Later }).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return [.. _model.People.Where(p => groups.Any(g => _model.IsIn(g, p)) && request.Votes.TrueForAll(v => v.Person != p))];
    }

    internal static Actor As(string person, Surface surface = Surface.Api) => new(new Person(person, person.Split('@')[0]), surface, "test:" + person);

    private static T? Pick<T>(IReadOnlyList<T> from, int number) => from.Count == 0 ? default : from[number % from.Count];

    private sealed record GrantRow
    {
        public required string Id { get; init; }

        public required string RequestId { get; init; }

        public required string Holder { get; init; }

        public required DateTimeOffset EndsAt { get; init; }

        public required bool BreakGlass { get; init; }
    }
}
