using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>How a request stands, in one status and what people wrote about it. The same words on every card, list and surface.</summary>
internal static class StatusLines
{
    public static IEnumerable<ChatPart> Of(RequestStory story)
    {
        if (story.Request.IsPending)
            return Pending(story);
        return story.Grant is { } grant && !story.Request.IsExtension ? OfGrant(story, grant) : Settled(story);
    }

    private static IEnumerable<ChatPart> Pending(RequestStory story)
    {
        if (story.Approvals.Count > 0)
            yield return new ChatPart.Status(Tone.Waiting, ChatText.Of($"{story.Approvals.Count} of {story.Wanted} approved ({Voters(story)})"));
        foreach (var steps in story.Bench.Steps.Select(Steps.Text).Where(t => t.Length > 0))
            yield return new ChatPart.Fine(ChatText.Plain(steps));
        foreach (var vote in story.Void)
            yield return new ChatPart.Fine(ChatText.Of($"{story.NameOf(vote.Person)}'s approval of {Say.Time(vote.At, story.Now)} does not count any more: {story.NameOf(vote.Person)} is not among those who decide this now."));
    }

    private static IEnumerable<ChatPart> Settled(RequestStory story)
    {
        var request = story.Request;
        var who = request.SettledBy is { } email ? story.NameOf(email) : "the broker";
        var at = Say.Time(request.SettledAt ?? story.Now, story.Now);
        switch (RequestLifecycle.Parse(request.State))
        {
            case RequestState.Denied:
                yield return new ChatPart.Status(Tone.Bad, ChatText.Of($"Denied by {Say.Strong(who)} {at}"));
                if (request.SettledBecause is { } comment)
                    yield return new ChatPart.Verbatim($"{who} says", comment);
                break;
            case RequestState.Cancelled:
                yield return new ChatPart.Status(Tone.Over, request.SettledBy is null
                    ? ChatText.Of($"Cancelled {at}: {Say.Strong(story.NameOf(request.Requester))} is not here any more")
                    : ChatText.Of($"Withdrawn by {Say.Strong(who)} {at}{(request.SettledBecause == TakeBreakGlass.Kind ? ", who took it as an emergency instead" : "")}"));
                break;
            case RequestState.Lapsed:
                yield return new ChatPart.Status(Tone.Over, Lapsed(story)!);
                break;
            case RequestState.Approved when story.Grant is { IsActive: true } extended && story.Request.IsExtension:
                yield return new ChatPart.Status(Tone.Good, ChatText.Of($"{Approved(story)}, the access lasts until {Say.Time(extended.EndsAt, story.Now)}"));
                break;
            default:
                yield return new ChatPart.Status(Tone.Good, Approved(story));
                break;
        }
    }

    /// <summary>Null when it did not lapse.</summary>
    public static ChatText? Lapsed(RequestStory story) => story.Request is { State: "lapsed" } request
        ? ChatText.Of($"Lapsed {Say.Time(request.SettledAt ?? story.Now, story.Now)}, {LapsedBecause(request.SettledBecause)}")
        : null;

    private static IEnumerable<ChatPart> OfGrant(RequestStory story, Grant grant)
    {
        yield return GrantStatus(story, grant);
        if (grant is { EndKind: EndGrant.Revoked, EndReason: { } reason })
            yield return new ChatPart.Verbatim("Reason", reason);
    }

    private static ChatPart.Status GrantStatus(RequestStory story, Grant grant)
    {
        var now = story.Now;
        return GrantLifecycle.Parse(grant.State) switch
        {
            GrantState.Scheduled => new(Tone.Good, ChatText.Of($"{Approved(story)}, starts {Say.Time(grant.StartsAt, now)}")),
            GrantState.Active when story.Collections > 0 => new(Tone.Good, ChatText.Of($"In use until {Say.Time(grant.EndsAt, now)} · {Approved(story)}")),
            GrantState.Active => new(Tone.Good, ChatText.Of($"{Approved(story)}, ready for {story.Asker} until {Say.Time(grant.EndsAt, now)}")),
            GrantState.Ended when story.Details.Leases.Any(l => l.State != "revoked") => new(Tone.Alarm, ChatText.Of($"{HowItEnded(story, grant)}; {Say.Strong("found at the target again")} and being ended")),
            GrantState.Ended => new(Tone.Over, Ended(story, grant)),
            _ => Ending(story, grant),
        };
    }

    private static ChatPart.Status Ending(RequestStory story, Grant grant)
    {
        var now = story.Now;
        var since = Say.Time(grant.EndRequestedAt ?? grant.EndsAt, now);
        if (story.Stuck is { } stuck)
        {
            var again = stuck.NextAttemptAt is { } next ? ChatText.Of($", next {Say.Time(next, now)}") : ChatText.Empty;
            return new(Tone.Alarm, ChatText.Of($"{Say.Strong("ENDING SINCE")} {since}, {Say.Strong("NOT VERIFIED")}: {stuck.LastError ?? "the target does not confirm it"} (attempt {stuck.Attempts}{again})"));
        }

        var details = new GrantDetails(grant, story.Bench.Content, story.Details.Leases);
        return details.AccessMayLastUntil is { } last && last > now
            ? new(Tone.Waiting, ChatText.Of($"{HowItEnded(story, grant)}; what was handed out may still be honoured until {Say.Time(last, now)}"))
            : new(Tone.Waiting, ChatText.Of($"{HowItEnded(story, grant)}, being verified"));
    }

    private static ChatText Ended(RequestStory story, Grant grant)
    {
        if (story.Details.Leases.Any(l => l is { State: "revoked", Verified: false }))
            return ChatText.Of($"{HowItEnded(story, grant)}, {Say.Strong("given up by an operator, NOT VERIFIED")}");
        return grant.VerifiedEndAt is { } at ? ChatText.Of($"{HowItEnded(story, grant)}, verified {Say.Exact(at, story.Now)}") : HowItEnded(story, grant);
    }

    private static ChatText HowItEnded(RequestStory story, Grant grant)
    {
        var at = Say.Time(grant.EndRequestedAt ?? grant.EndsAt, story.Now);
        var who = grant.EndedBy is { } email ? story.NameOf(email) : "the broker";
        return grant.EndKind switch
        {
            EndGrant.Released => ChatText.Of($"Ended {at} by {Say.Strong(who)} (done)"),
            EndGrant.Revoked => ChatText.Of($"Revoked {at} by {Say.Strong(who)}"),
            _ => ChatText.Of($"Ended {at} (expired)"),
        };
    }

    private static ChatText Approved(RequestStory story) => story.IsEmergency
        ? ChatText.Of($"Taken as an emergency {Say.Time(story.Request.CreatedAt, story.Now)}")
        : story.Approvals.Count == 0
        ? ChatText.Of($"Approved by rule {Say.Time(story.Request.SettledAt ?? story.Now, story.Now)}")
        : ChatText.Of($"Approved {(story.IsNarrowed ? $"for {story.Duration} " : "")}by {Voters(story)}");

    /// <summary>Who said yes and when, and to how much where that is not what the line says already.</summary>
    private static ChatText Voters(RequestStory story) =>
        ChatText.Join(", ", story.Approvals.Select(d => ChatText.Of($"{story.NameOf(d.Person)} {Say.Time(d.At, story.Now)}{Less(story, d)}")));

    private static string Less(RequestStory story, Decision vote) =>
        vote.DurationS is { } seconds && (story.Request.IsPending || story.Approvals.Count > 1) ? $" for {Durations.Human(TimeSpan.FromSeconds(seconds))}" : "";

    private static string LapsedBecause(string? because) => because switch
    {
        SettleRequest.CatalogChanged => "because what it would grant has changed since",
        SettleRequest.NotEligible => "because its asker may not have it any more",
        ExtendGrant.GrantEnded => "because the access is over",
        ExtendGrant.LimitReached => "because the access was extended to its limit meanwhile",
        _ => "nobody decided",
    };
}
