using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>Reads one person's Home. What waits for them is worked out anew at each look, by the rules that a press obeys (rule 6).</summary>
public sealed class ReadHome(Database database, RequestStore requests, GrantStore grants, ReviewStore reviews, ReadStory stories, CatalogHolder catalogs, TimeProvider clock)
{
    public const int WaitingShown = 8;
    public const int AccessShown = 6;
    public const int RequestsShown = 5;
    public const int AgainShown = 5;

    /// <summary>Most pending requests looked through for those that wait for this person, and most of them counted.</summary>
    private const int Looks = 1000;
    private const int MostCounted = 50;
    private const int LooksBack = 100;

    private static readonly string[] Held = ["active", "ending", "scheduled"];

    /// <summary>Null when the catalog does not name this person any more.</summary>
    public async Task<HomeContent?> HandleAsync(string email, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        if (directory.Find(email) is not { } person)
            return null;
        var found = await database.ReadAsync(session => FindAsync(session, directory, email, cancellationToken), cancellationToken);
        return new HomeContent(
            email,
            person.Name,
            await ShowAsync(found.Waiting, WaitingShown, MostCounted, cancellationToken),
            await ShowAsync(found.Held, AccessShown, Held.Length * (AccessShown + 1), cancellationToken),
            await ShowAsync(found.Asked, RequestsShown, LooksBack, cancellationToken),
            found.Again,
            clock.GetUtcNow(),
            EmergencyAnalysis.Takeable(directory, person).Count > 0);
    }

    private async Task<Found> FindAsync(Session session, PeopleDirectory directory, string email, CancellationToken cancellationToken)
    {
        var held = new List<Grant>();
        foreach (var state in Held)
            held.AddRange((await grants.PageAsync(session, email, state, null, AccessShown + 1, cancellationToken)).OrderBy(g => g.EndsAt));
        var own = await requests.PageAsync(session, email, null, null, LooksBack, cancellationToken);
        var asked = await requests.PageAsync(session, email, "pending", null, LooksBack, cancellationToken);
        return new Found(
            await WaitingAsync(session, directory, email, cancellationToken),
            held.ConvertAll(g => g.RequestId),
            [.. asked.Select(r => r.Id).Reverse()],
            Again(directory, email, own, [.. held.Select(g => g.Entitlement), .. asked.Select(r => r.Entitlement)]));
    }

    private async Task<List<string>> WaitingAsync(Session session, PeopleDirectory directory, string email, CancellationToken cancellationToken)
    {
        var waiting = new List<string>();
        foreach (var review in (await reviews.OpenAsync(session, Looks, cancellationToken)).Where(r => Reviewers.MayReview(directory, r, email)).Take(MostCounted))
            waiting.Add((await grants.FindAsync(session, review.GrantId, cancellationToken))!.RequestId);
        foreach (var request in await requests.WaitingAsync(session, Looks, cancellationToken))
        {
            if (!Rights.HasASay(directory, request.Entitlement, RequestContent.FromText(request.Content).Rule, request.Requester, email))
                continue;
            var bench = new Bench(directory, request, await requests.DecisionsAsync(session, request.Id, cancellationToken));
            if (bench.Awaited.Any(a => a.Person.Email == email))
                waiting.Add(request.Id);
            if (waiting.Count >= MostCounted)
                break;
        }

        return waiting;
    }

    /// <summary>One of each entitlement, and none that is held or waits: asking for that again would be refused or of no use.</summary>
    private static IReadOnlyList<PastAsk> Again(PeopleDirectory directory, string email, IReadOnlyList<Request> own, HashSet<string> open) =>
    [
        .. own.Where(r => r is { IsPending: false, Kind: "access" } && !open.Contains(r.Entitlement))
            .DistinctBy(r => r.Entitlement, StringComparer.Ordinal)
            .Select(r => (Request: r, Today: directory.Catalog.Entitlements.GetValueOrDefault(r.Entitlement)))
            .Where(r => r.Today is { } today && Eligibility.IsEligible(directory, email, today))
            .Take(AgainShown)
            .Select(r => new PastAsk(r.Request, r.Today!.Title)),
    ];

    private async Task<HomeList<RequestStory>> ShowAsync(IReadOnlyList<string> ids, int shown, int most, CancellationToken cancellationToken)
    {
        var read = new List<RequestStory>();
        foreach (var id in ids.Take(shown))
        {
            if (await stories.HandleAsync(id, cancellationToken) is { } story)
                read.Add(story);
        }

        return new HomeList<RequestStory>(read, ids.Count, ids.Count >= most);
    }

    private sealed record Found(IReadOnlyList<string> Waiting, IReadOnlyList<string> Held, IReadOnlyList<string> Asked, IReadOnlyList<PastAsk> Again);
}
