using JitBroker.Audit;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Requests;

namespace JitBroker.Server.Http.Views;

internal static class RequestView
{
    public static RequestResource Of(RequestDetails details)
    {
        var (request, directory) = (details.Request, details.Bench.Directory);
        return new RequestResource
        {
            Id = request.Id,
            Kind = WireWords.Parse<RequestKind>(request.Kind),
            State = WireWords.Parse<Client.RequestState>(request.State),
            Entitlement = request.Entitlement,
            Bundle = request.Bundle,
            Requester = PersonView.Of(request.Requester, directory),
            Duration = request.Duration,
            Reason = request.Reason,
            StartsAt = request.StartsAt,
            CreatedAt = request.CreatedAt,
            LapsesAt = request.LapsesAt,
            SettledAt = request.SettledAt,
            SettledBy = request.SettledBy is { } by ? PersonView.Of(by, directory) : null,
            SettledBecause = request.SettledBecause,
            Approval = [.. details.Bench.Progress.Select(c => new ClauseResource(c.Group, c.Votes, c.Have))],
            Decisions = Decisions(details),
            Grant = details.Grant is { } grant ? new GrantReference(grant.Id, WireWords.Parse<Client.GrantState>(grant.State)) : null,
            History = [.. details.History.Select(e => Of(e, directory))],
        };
    }

    private static IReadOnlyList<DecisionResource> Decisions(RequestDetails details)
    {
        var counting = details.Bench.Counting.Select(d => d.Id).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. details.Bench.Decisions.Select(d => new DecisionResource
            {
                By = PersonView.Of(d.Person, details.Bench.Directory),
                Verdict = WireWords.Parse<Verdict>(d.Verdict),
                Duration = d.DurationS is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                Comment = d.Comment,
                At = d.At,
                Surface = WireWords.Parse<Client.Surface>(d.Surface),
                // What counted when it settled stays so; until then it is worked out anew at each look.
                Counts = d.Counted ?? (!d.IsApproval || counting.Contains(d.Id)),
            }),
        ];
    }

    private static HistoryResource Of(AuditEvent happened, PeopleDirectory directory) => new(
        happened.At,
        happened.Type,
        happened.Actor is { } email ? PersonView.Of(email, directory) : null,
        WireWords.TryParse<Client.Surface>(happened.Surface, out var surface) ? surface : null);
}
