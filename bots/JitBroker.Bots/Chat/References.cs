using System.Globalization;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>
/// What REQUEST and GRANT mean (contract §5): an id, a unique prefix of at least 6 characters, or an entitlement with exactly one live one. Looks only among
/// what this person may read.
/// </summary>
public sealed class References(RequestReader reader)
{
    private const int ShortestPrefix = 6;
    private const int Looks = 200;

    /// <summary>A pending request of this person; without a reference the only one.</summary>
    public async Task<Outcome<Request>> OwnRequestAsync(string viewer, string? reference, CancellationToken cancellationToken)
    {
        if (reference is { } id && Ids.IsId(id.ToUpperInvariant()))
        {
            // A settled one too: the use case says what became of it.
            return await reader.FindAsync(id.ToUpperInvariant(), viewer, cancellationToken) is { } found ? found.Request : NothingLike("request", id);
        }

        var mine = await reader.ListAsync(viewer, new RequestQuery(RequestState.Pending, Mine: true, Limit: Looks), cancellationToken);
        return One("request", "You have no request that waits.", reference, mine.Items.Select(d => d.Request).ToList(), r => r.Id, r => r.Entitlement, r => string.Create(CultureInfo.InvariantCulture, $"asked {r.CreatedAt:HH:mm} UTC"));
    }

    /// <summary>A live grant this person holds; without a reference the only one.</summary>
    public Task<Outcome<GrantDetails>> OwnGrantAsync(string viewer, string? reference, CancellationToken cancellationToken) =>
        GrantAsync(viewer, reference, mine: true, "You hold no access now.", cancellationToken);

    /// <summary>A live grant this person may read, their own included.</summary>
    public Task<Outcome<GrantDetails>> AnyGrantAsync(string viewer, string? reference, CancellationToken cancellationToken) =>
        GrantAsync(viewer, reference, mine: false, "There is no live access that you may see.", cancellationToken);

    /// <summary>An emergency access this person may read, over or not; by words only one that is not reviewed yet, or keeps its taker from the next.</summary>
    public async Task<Outcome<GrantDetails>> EmergencyAsync(string viewer, string? reference, CancellationToken cancellationToken)
    {
        if (reference is { } id && Ids.IsId(id.ToUpperInvariant()))
            return await reader.FindGrantAsync(id.ToUpperInvariant(), viewer, cancellationToken) is { } found ? found : NothingLike("grant", id);
        var page = await reader.ListGrantsAsync(viewer, new GrantQuery(BreakGlass: true, Limit: Looks), cancellationToken);
        var open = page.Items.Where(g => g.Review is { } review && (!review.IsDone || review.BlocksAt(DateTimeOffset.MaxValue))).ToList();
        return One("emergency access", "There is no emergency access that waits for a review and that you may see.", reference, open, g => g.Grant.Id, g => g.Grant.Entitlement, Which);
    }

    private async Task<Outcome<GrantDetails>> GrantAsync(string viewer, string? reference, bool mine, string none, CancellationToken cancellationToken)
    {
        if (reference is { } id && Ids.IsId(id.ToUpperInvariant()))
            return await reader.FindGrantAsync(id.ToUpperInvariant(), viewer, cancellationToken) is { } found ? found : NothingLike("grant", id);
        var page = await reader.ListGrantsAsync(viewer, new GrantQuery(Mine: mine, Limit: Looks), cancellationToken);
        var live = page.Items.Where(g => g.Grant.State is "active" or "scheduled").ToList();
        return One("grant", none, reference, live, g => g.Grant.Id, g => g.Grant.Entitlement, Which);
    }

    private static Outcome<T> One<T>(string what, string none, string? reference, List<T> candidates, Func<T, string> id, Func<T, string> entitlement, Func<T, string> which)
        where T : class
    {
        var matching = reference is null
            ? candidates
            : candidates.Where(c => entitlement(c) == reference).Concat(candidates.Where(c => IsPrefix(reference, id(c)))).Distinct().ToList();
        if (matching.Count == 1)
            return matching[0];
        if (matching.Count > 1)
            return new Refusal(Codes.InvalidValue, $"More than one {what} fits. Name one: {string.Join(", ", matching.Take(10).Select(c => $"{id(c)} ({entitlement(c)}, {which(c)})"))}.");
        return reference is null || candidates.Count == 0 ? new Refusal(Codes.NotFound, none) : NothingLike(what, reference);
    }

    /// <summary>What tells one of a kind from another.</summary>
    private static string Which(GrantDetails grant) => string.Create(CultureInfo.InvariantCulture, $"{grant.Grant.Holder}, until {grant.Grant.EndsAt:yyyy-MM-dd HH:mm} UTC");

    private static bool IsPrefix(string reference, string id) => reference.Length >= ShortestPrefix && id.StartsWith(reference, StringComparison.OrdinalIgnoreCase);

    private static Refusal NothingLike(string what, string reference) => new(
        Codes.NotFound,
        $"There is no {what} \"{Cut.To(Clean.Line(reference) is { Length: > 0 } shown ? shown : "?", 60)}\" that you may see. /access mine shows yours; an id may be cut to its first {ShortestPrefix} characters.");
}
