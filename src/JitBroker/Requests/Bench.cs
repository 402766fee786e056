using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Requests;

/// <summary>
/// Everything one look at a request's approval needs: the request, its votes, the rule pinned at submit and today's. Where the two rules differ both must
/// be met. A vote counts while its person is known, is not the requester and stands in a group of the rule.
/// </summary>
public sealed class Bench
{
    private readonly PeopleDirectory _directory;
    private readonly IReadOnlyList<ApprovalRule> _rules;

    public Bench(PeopleDirectory directory, Request request, IReadOnlyList<Decision> decisions)
    {
        _directory = directory;
        Request = request;
        Decisions = decisions;
        Content = RequestContent.FromText(request.Content);
        Today = directory.Catalog.Entitlements.GetValueOrDefault(request.Entitlement);
        var today = Today is null ? null : request.IsExtension ? Extensions.RuleOf(Today, Content.Emergency) : Today.Approval;
        // An emergency asks nobody; what would have been asked stays pinned, so that those people may look at it and end it.
        _rules = request.Kind == TakeBreakGlass.Kind ? []
            : today is null || RequestContent.RuleText(today) == RequestContent.RuleText(Content.Rule)
            ? [Content.Rule]
            : [Content.Rule, today];
    }

    public PeopleDirectory Directory => _directory;

    public Request Request { get; }

    public IReadOnlyList<Decision> Decisions { get; }

    public RequestContent Content { get; }

    /// <summary>Today's entitlement; null when the catalog dropped it.</summary>
    public Entitlement? Today { get; }

    /// <summary>Approvals that count now, in the order they were given.</summary>
    public IReadOnlyList<Decision> Counting =>
        [.. Decisions.Where(d => d.IsApproval && d.Person != Request.Requester && Rights.HasASay(_directory, Request.Entitlement, Content.Rule, Request.Requester, d.Person))];

    /// <summary>Those who would have been asked, or were: the first of the pinned rule.</summary>
    public IReadOnlyList<Approver> Skipped => Quorum.Approvers(Content.Rule, [], Request.Requester, _directory);

    public bool IsQuorum => _rules.All(r => Quorum.Evaluate(r, Voters, _directory).Met);

    /// <summary>The shortest of the asked, the counted approvals and today's limit.</summary>
    public TimeSpan Duration
    {
        get
        {
            var shortest = Counting.Select(d => d.DurationS).OfType<long>().Append(Request.DurationS).Min();
            var decided = TimeSpan.FromSeconds(shortest);
            return Today is { } today && Extensions.LongestOf(today, Content.Emergency) is var limit && limit < decided ? limit : decided;
        }
    }

    /// <summary>How far it is: the pinned rule's clauses, and today's where it differs.</summary>
    public IReadOnlyList<ClauseProgress> Progress => [.. _rules.SelectMany(r => Quorum.Evaluate(r, Voters, _directory).Clauses).Distinct()];

    /// <summary>Those who may decide now and have not decided yet.</summary>
    public IReadOnlyList<Approver> Awaited =>
        [.. _rules.SelectMany(r => Quorum.Approvers(r, Voters, Request.Requester, _directory))
            .DistinctBy(a => a.Person.Email, StringComparer.Ordinal)
            .Where(a => Decisions.All(d => d.Person != a.Person.Email))];

    private IReadOnlyList<string> Voters => [.. Counting.Select(d => d.Person)];

    public Bench With(Decision vote) => new(_directory, Request, [.. Decisions, vote]);

    public bool MayDecide(string email) => _rules.Any(r => Quorum.MayDecide(r, Voters, email, Request.Requester, _directory));

    /// <summary>
    /// Why this person has no say at all, or null. On a settled request everybody who had a say is only told what became of it.
    /// </summary>
    public Refusal? Objection(string email, bool isSettled)
    {
        if (_directory.Find(email) is null)
            return new Refusal(Codes.Inactive, "You are not in the catalog any more, so you can't decide. Ask the platform team.");
        if (email == Request.Requester)
            return new Refusal(Codes.OwnRequest, "You can't decide your own request.");
        var hasASay = Rights.HasASay(_directory, Request.Entitlement, Content.Rule, Request.Requester, email);
        if (hasASay && (isSettled || MayDecide(email) || Decisions.Any(d => d.Person == email)))
            return null;
        return hasASay
            ? new Refusal(Codes.NotAnApprover, "It is not your turn yet: others decide this first. You are asked when they have.")
            : new Refusal(Codes.NotAnApprover, $"You are not among those who decide this: {RuleText.Deciders(Content.Rule, Request.Requester, _directory)}.");
    }

    /// <summary>The refusal for a second word by the same person; null when they have not spoken.</summary>
    public Refusal? AlreadyDecidedBy(string email)
    {
        var mine = Decisions.FirstOrDefault(d => d.Person == email);
        return mine is null
            ? null
            : new Refusal(Codes.AlreadyDecided, string.Create(CultureInfo.InvariantCulture, $"You decided this already: {(mine.IsApproval ? "approved" : "denied")} {mine.At:HH:mm} UTC."));
    }
}
