namespace JitBroker.Tests.Sequences;

/// <summary>A request as the oracle saw it made.</summary>
internal sealed record Seen(string Id, string Requester, int Entitlement, Rule Pinned, int Grants, DateTimeOffset CreatedAt, TimeSpan Asked, DateTimeOffset? StartsAt, Born? Extends = null)
{
    /// <summary>In the order they were taken.</summary>
    public List<(string Person, bool Approve, TimeSpan? Less)> Votes { get; } = [];

    /// <summary>Granted, denied or withdrawn.</summary>
    public bool IsSettled { get; set; }
}

/// <summary>A grant as it was born.</summary>
internal sealed record Born(string Id, Seen Request, DateTimeOffset StartsAt)
{
    /// <summary>Later with each extension.</summary>
    public required DateTimeOffset EndsAt { get; set; }

    public int Extensions { get; set; }

    public bool IsEmergency { get; init; }

    public bool IsEnded { get; set; }
}

/// <summary>The rules were broken: what happened must never happen.</summary>
internal sealed class BrokenRuleException(string what) : Exception(what);

/// <summary>
/// Says, from its own model alone, whether what the broker did was allowed. Calls nothing of the broker's policy: it tries every way to give the votes to the clauses, and counts
/// as a vote only an approval by a distinct, active human other than the asker.
/// </summary>
internal sealed class Oracle(Model model)
{
    public static readonly TimeSpan Pending = TimeSpan.FromHours(4);

    public static readonly TimeSpan Longest = TimeSpan.FromHours(2);

    /// <summary>The broker's own, whatever the catalog says.</summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromHours(12);

    public static readonly TimeSpan LongestEmergency = TimeSpan.FromMinutes(30);

    public const int MostExtensions = 2;

    public const int MostExtensionsOfAnEmergency = 1;

    /// <summary>An emergency: by one on call, for no longer than it may be, and marked.</summary>
    public void Taken(Born grant, string person, bool isMarked, DateTimeOffset now)
    {
        Demand(model.IsIn("oncall", person), $"{person} took an emergency and is not on call");
        Demand(grant.EndsAt - grant.StartsAt <= LongestEmergency && grant.EndsAt - grant.StartsAt <= grant.Request.Asked, $"{grant.Id} is an emergency that lasts too long");
        Demand(isMarked && grant.StartsAt == now, $"{grant.Id} is an emergency and not marked as one");
    }

    /// <summary>Somebody's yes or no to a link was taken: only that person's own is.</summary>
    public void Answered(string person, string answerer) => Demand(person == answerer, $"{answerer} answered whether an account is {person}'s");

    /// <summary>An account became a person's: it must have been nobody's, and they must be here.</summary>
    public void Linked(int account, string person)
    {
        Demand(model.IsFree(account), $"{model.IdentityOf(account)} was linked to {person} and is {model.HolderOf(account)}'s");
        Demand(model.IsActive(person), $"{model.IdentityOf(account)} was linked to {person}, who is not active");
    }

    /// <summary>By an address alone: a confirmed one, once, and only if they have no other account there.</summary>
    public void LinkedByAddress(int account, string person, bool isConfirmed)
    {
        Linked(account, person);
        Demand(isConfirmed, $"{model.IdentityOf(account)} was linked to {person} by an address that is not confirmed");
        Demand(!model.EverLinked.Contains(account), $"{model.IdentityOf(account)} was linked by an address for the second time");
        var there = Enumerable.Range(0, model.Accounts.Count).Where(a => model.WhoIs(a) == person && (model.IdentityOf(a).Surface, model.IdentityOf(a).Tenant) == (model.IdentityOf(account).Surface, model.IdentityOf(account).Tenant));
        Demand(!there.Any(), $"{model.IdentityOf(account)} was linked by an address to {person}, who has an account there");
    }

    public void Unlinked(int account, string by)
    {
        Demand(model.Links[account] is not null, $"{model.IdentityOf(account)} was unlinked and not linked");
        Demand(model.IsIn("platform", by), $"{by} unlinked an account and is no admin");
    }

    public void HasNothing(string person, string what, IReadOnlyList<string> ids) => Demand(ids.Count == 0, $"{person} was taken away and has a {what} still: {string.Join(' ', ids)}");

    public void Is(object whoever, string? known, string? expected) => Demand(known == expected, $"{whoever} is known as {known ?? "nobody"}, and is {expected ?? "nobody"}");

    /// <summary>Nobody was asked: then the rule at that moment must say so.</summary>
    public void BornByRule(Seen request, int decisions)
    {
        var rule = Today(request);
        Ask(request, request.CreatedAt);
        var may = rule.CanBeAutomatic
            && (rule.AtMost is not { } most || request.Asked <= TimeSpan.FromMinutes(most))
            && (rule.OnCall is not { } group || model.IsIn(group, request.Requester));
        Demand(may, $"{request.Id} was approved by rule, and its rule does not say so");
        Demand(decisions == 0, $"{request.Id} was approved by rule and has decisions");
    }

    /// <summary>Somebody's word was taken: they must have had one.</summary>
    public void Decided(Seen request, string person, DateTimeOffset now)
    {
        Demand(model.IsActive(person), $"{person} decided {request.Id} and is not active");
        Demand(person != request.Requester, $"{person} decided their own request");
        Demand(request.Votes.TrueForAll(v => v.Person != person), $"{person} decided {request.Id} twice");
        Demand(IsOpen(request, now), $"{person} decided {request.Id} after it was over");
        var rules = new[] { request.Pinned, Today(request) };
        Demand(rules.Any(r => Parts(r).Any(p => Fills(p, person, request, now))), $"{person} decided {request.Id} and stands in no group of its rules");
    }

    /// <summary>Its end moves: what it extends must be live, by no more than was asked, and not more often than it may be.</summary>
    public void Extended(Seen extension, DateTimeOffset endsAt, DateTimeOffset now)
    {
        var grant = extension.Extends!;
        Demand(!grant.IsEnded && now < grant.EndsAt, $"{grant.Id} was extended when it was over");
        Demand(endsAt > grant.EndsAt && endsAt <= grant.EndsAt + extension.Asked, $"{grant.Id} was extended by more than was asked");
        Demand(extension.Requester == grant.Request.Requester, $"{grant.Id} was extended for somebody else");
        Demand(grant.Extensions < (grant.IsEmergency ? MostExtensionsOfAnEmergency : MostExtensions), $"{grant.Id} was extended too often");
        Demand(endsAt - grant.StartsAt <= Ceiling, $"{grant.Id} was extended beyond the longest access there is");
    }

    /// <summary>People approved it.</summary>
    public void BornOfVotes(Born grant, DateTimeOffset now)
    {
        Approved(grant.Request, now);
        Window(grant, now);
    }

    /// <summary>Its votes fill the rule that was pinned and today's.</summary>
    public void Approved(Seen request, DateTimeOffset now)
    {
        Ask(request, now);
        Demand(IsOpen(request, now), $"{request.Id} was approved after it was over");
        Demand(request.Votes.TrueForAll(v => v.Approve), $"{request.Id} was approved though somebody denied it");
        Demand(request.Grants == model.GrantsOf(request.Entitlement), $"{request.Id} was approved though what it grants had changed");
        var voters = request.Votes.Select(v => v.Person).Where(p => p != request.Requester && model.IsActive(p)).Distinct(StringComparer.Ordinal).ToList();
        Demand(IsMet(request.Pinned, voters, request, now), $"{request.Id} was approved by {string.Join(' ', voters)} and the pinned rule is not met");
        Demand(IsMet(Today(request), voters, request, now), $"{request.Id} was approved by {string.Join(' ', voters)} and today's rule is not met");
    }

    /// <summary>A credential was handed out.</summary>
    public void Collected(Born grant, string person, DateTimeOffset now)
    {
        Demand(person == grant.Request.Requester, $"{person} collected what {grant.Request.Requester} holds");
        Demand(!grant.IsEnded && now >= grant.StartsAt && now < grant.EndsAt, $"{person} collected outside the window of {grant.Id}");
        Demand(model.IsIn(grant.IsEmergency ? "oncall" : "askers", person), $"{person} collected and may not have it any more");
        Demand(grant.Request.Grants == model.GrantsOf(grant.Request.Entitlement), $"{person} collected what the catalog grants otherwise by now");
    }

    private void Window(Born grant, DateTimeOffset now)
    {
        var request = grant.Request;
        var least = request.Votes.Where(v => v.Less is not null && Parts(request.Pinned).Any(p => Fills(p, v.Person, request, now))).Select(v => v.Less!.Value).Append(request.Asked).Min();
        Demand(grant.EndsAt - grant.StartsAt <= least, $"{grant.Id} lasts longer than was asked and approved");
        Demand(grant.StartsAt >= (request.StartsAt ?? now) && grant.EndsAt <= (request.StartsAt ?? now) + request.Asked, $"{grant.Id} lies outside the window that was asked for");
    }

    private void Ask(Seen request, DateTimeOffset now)
    {
        Demand(model.IsIn(request.Extends is { IsEmergency: true } ? "oncall" : "askers", request.Requester), $"{request.Requester} was granted {request.Id} at {now} and may not have it");
        Demand(request.Asked > TimeSpan.Zero && request.Asked <= Longest, $"{request.Id} was granted for longer than there is");
    }

    private Rule Today(Seen request) => request.Extends is { IsEmergency: true } ? model.RuleOf(request.Entitlement).OfEmergency : model.RuleOf(request.Entitlement);

    private static bool IsOpen(Seen request, DateTimeOffset now) =>
        !request.IsSettled && now < request.CreatedAt + Pending && (request.StartsAt is not { } start || now < start + request.Asked);

    /// <summary>Some choice of alternatives whose every vote can be given to another person.</summary>
    private bool IsMet(Rule rule, List<string> voters, Seen request, DateTimeOffset now)
    {
        if (rule.Stages.Length == 0)
            return rule.Always;
        IEnumerable<List<Part>> choices = [[]];
        foreach (var stage in rule.Stages)
            choices = [.. choices.SelectMany(c => stage.Select(a => c.Concat(a.SelectMany(p => Enumerable.Repeat(p, p.Votes))).ToList()))];
        return choices.Any(seats => CanSeat(seats, 0, voters, request, now));
    }

    private bool CanSeat(List<Part> seats, int seat, List<string> free, Seen request, DateTimeOffset now) =>
        seat == seats.Count || free.Any(p => Fills(seats[seat], p, request, now) && CanSeat(seats, seat + 1, [.. free.Where(f => f != p)], request, now));

    private bool Fills(Part part, string person, Seen request, DateTimeOffset now) =>
        model.IsIn(part.Group, person) || (part.Later is { } later && now >= request.CreatedAt + TimeSpan.FromMinutes(part.After) && model.IsIn(later, person));

    private static IEnumerable<Part> Parts(Rule rule) => rule.Stages.SelectMany(s => s).SelectMany(a => a);

    private static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new BrokenRuleException(what);
    }
}
