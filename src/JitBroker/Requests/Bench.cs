using System.Globalization;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>
/// Everything one look at a request's approval needs: the request, its votes, the rule pinned at submit and today's. Where the two rules differ both must
/// be met. A vote counts while its person is known, is not the requester and stands in a group of the rule.
/// </summary>
public sealed class Bench
{
    private readonly PeopleDirectory _directory;
    private readonly IReadOnlyList<ApprovalRule> _rules;
    private readonly Escalations _escalations;

    public Bench(PeopleDirectory directory, Request request, IReadOnlyList<Decision> decisions)
    {
        _directory = directory;
        Request = request;
        Decisions = decisions;
        Content = RequestContent.FromText(request.Content);
        Today = directory.Catalog.Entitlements.GetValueOrDefault(request.Entitlement);
        _escalations = Escalations.Parse(request.Escalated);
        Rule = _escalations.Of(Content.Rule);
        var today = Today is null ? null : request.IsExtension ? Extensions.RuleOf(Today, Content.Emergency) : Today.Approval;
        // An emergency asks nobody; what would have been asked stays pinned, so that those people may look at it and end it.
        _rules = request.Kind == TakeBreakGlass.Kind ? []
            : today is null || RequestContent.RuleText(today) == RequestContent.RuleText(Content.Rule)
            ? [Rule]
            : [Rule, _escalations.Of(today)];
    }

    public PeopleDirectory Directory => _directory;

    public Request Request { get; }

    public IReadOnlyList<Decision> Decisions { get; }

    public RequestContent Content { get; }

    /// <summary>The pinned rule as it stands for this request now: with what has escalated.</summary>
    public ApprovalRule Rule { get; }

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

    /// <summary>The stages of the pinned rule, and of today's where it differs.</summary>
    public IReadOnlyList<IReadOnlyList<Step>> Steps => [.. _rules.Select(r => Policy.Steps.Of(r, Voters, _directory))];

    /// <summary>What is asked for now and has not been given: clauses of the open stages.</summary>
    public IReadOnlyList<Clause> Waiting => [.. Steps.SelectMany(s => s).SelectMany(s => s.Waiting).Distinct()];

    /// <summary>When the stage opened in which it is now.</summary>
    public DateTimeOffset StageSince => Request.StageSince ?? Request.CreatedAt;

    private IReadOnlyList<string> Voters => [.. Counting.Select(d => d.Person)];

    public Bench With(Decision vote) => new(_directory, Request, [.. Decisions, vote]);

    /// <summary>With its row as it stands now.</summary>
    public Bench With(Request request) => new(_directory, request, Decisions);

    /// <summary>The row once these clauses have escalated, and its alarm set for what comes next.</summary>
    public Request Nudged(IReadOnlyList<Clause> escalate, DateTimeOffset now)
    {
        var after = With(Request with { Escalated = _escalations.With(escalate).ToText() });
        return after.Request with { NudgeAt = Alarm(after, now) };
    }

    /// <summary>The row when <paramref name="before"/> was an earlier stage: the waiting begins anew. Unchanged when it was not.</summary>
    public Request Moved(Bench before, DateTimeOffset now)
    {
        if (Steps.Zip(before.Steps).All(s => StageOf(s.First) == StageOf(s.Second)))
            return Request;
        var after = With(Request with { StageSince = now });
        return after.Request with { NudgeAt = Alarm(after, now) };
    }

    private static int StageOf(IReadOnlyList<Step> steps) => steps.TakeWhile(s => s.IsDone).Count();

    private static DateTimeOffset? Alarm(Bench bench, DateTimeOffset now) =>
        Nudges.Next(bench.Waiting, bench.StageSince, now) is { } next && next < bench.Request.LapsesAt ? Instants.Truncate(next) : null;

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
            : new Refusal(Codes.NotAnApprover, $"You are not among those who decide this: {RuleText.Deciders(Rule, Request.Requester, _directory)}.");
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
