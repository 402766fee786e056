using System.Globalization;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>Everything a card says of one request, as it stood at one look. Made by <see cref="ReadStory"/>.</summary>
/// <param name="EndsBy">How this access ends, in the issuer's words; null when its issuer is not in this build.</param>
/// <param name="IsFirstTime">Its asker never asked for it before.</param>
/// <param name="CollectPage">Where its holder collects in a browser; null until there is a grant.</param>
/// <param name="ExtensionsLeft">How often its end may still be moved.</param>
/// <param name="Revision">The card's revision, read before the state: what a copy rendered from this shows at least.</param>
public sealed record RequestStory(RequestDetails Details, string Title, string? EndsBy, bool IsFirstTime, Uri? CollectPage, int Revision, DateTimeOffset Now, int ExtensionsLeft = 0)
{
    public Request Request => Details.Request;

    public Bench Bench => Details.Bench;

    public Grant? Grant => Details.Grant;

    /// <summary>Taken without asking.</summary>
    public bool IsEmergency => Request.Kind == TakeBreakGlass.Kind;

    /// <summary>Its asker is on call for it now, and need not wait for the decision.</summary>
    public bool MayEscalate =>
        Request is { IsPending: true, Kind: "access" } && Bench.Today?.BreakGlass is { } path && path.Eligible.Any(g => Bench.Directory.IsMember(g, Request.Requester));

    public bool IsHighRisk => Bench.Today?.Risk == Risk.High;

    public string Asker => NameOf(Request.Requester);

    /// <summary>How often a credential was handed out.</summary>
    public int Collections => Details.History.Count(e => e.Type == "lease.active");

    /// <summary>Approvals that count, or counted when it settled.</summary>
    public IReadOnlyList<Decision> Approvals =>
        Request.IsPending ? Bench.Counting : [.. Bench.Decisions.Where(d => d is { IsApproval: true, Counted: true })];

    /// <summary>Approvals that once counted and do not any more.</summary>
    public IReadOnlyList<Decision> Void =>
        Request.IsPending ? [.. Bench.Decisions.Where(d => d.IsApproval && Bench.Counting.All(c => c.Id != d.Id))] : [];

    /// <summary>The lease that cannot be ended, if any.</summary>
    public Lease? Stuck => Details.Leases.Where(l => l is { State: "revoking", StuckSince: not null }).MinBy(l => l.StuckSince);

    public string NameOf(string email) => Bench.Directory.Find(email)?.Name ?? email;

    /// <summary>How many approvals are still missing.</summary>
    public int Missing => Bench.Progress.Sum(c => Math.Max(0, c.Votes - c.Have));

    public int Wanted => Bench.Progress.Sum(c => c.Votes);

    /// <summary><c>1 h</c>, or what the approvers made of it.</summary>
    public string Duration => Durations.Human(Grant is null || Request.IsExtension ? Request.Duration : Grant.EndsAt - Grant.StartsAt);

    /// <summary>What was asked for, whatever came of it.</summary>
    public string AskedDuration => Durations.Human(Request.Duration);

    /// <summary>It was granted for less than was asked.</summary>
    public bool IsNarrowed => !Request.IsExtension && Grant is { } grant && grant.EndsAt - grant.StartsAt < Request.Duration;
}
