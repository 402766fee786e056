using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Server.Pages;

/// <summary>A grant as its holder sees it: what it is, until when, how it ends, and the one button.</summary>
/// <param name="title">Of the entitlement.</param>
/// <param name="endsBy">How it ends, in the issuer's words; null when this build lost the issuer.</param>
/// <param name="limit">Most live credentials at a time; 0 when the catalog does not know the entitlement any more.</param>
internal sealed class StandingView(GrantDetails details, string title, string? endsBy, int limit, PeopleDirectory directory, DateTimeOffset now)
{
    private readonly Grant _grant = details.Grant;
    private readonly IReadOnlyList<Lease> _live = [.. details.Leases.Where(l => l.State is "minting" or "active")];

    public string Title => title;

    /// <param name="objection">Why nothing can be collected now, or null.</param>
    /// <param name="refused">Why the last press came to nothing, or null.</param>
    public Html Of(FormParts form, Refusal? objection, Refusal? refused)
    {
        var (tone, word) = State(objection);
        return Html.Of($"""
            <section class="card">
            <p class="state {tone}">{word}</p>
            <h1>{title}</h1>
            <p class="name"><code>{_grant.Entitlement}</code></p>
            {Refused(refused, objection)}
            <dl class="facts">{Facts()}</dl>
            {Action(form, objection)}
            </section>
            """);
    }

    private (string Tone, string Word) State(Refusal? objection) => GrantLifecycle.Parse(_grant.State) switch
    {
        GrantState.Scheduled => ("waits", "Starts later"),
        GrantState.Ending => ("waits", "Ending"),
        GrantState.Ended => ("over", "Ended"),
        _ when objection is not null => ("over", _grant.EndsAt <= now ? "Ended" : "Closed"),
        _ => ("good", _live.Count > 0 ? "In use" : "Ready"),
    };

    private IEnumerable<Html> Facts()
    {
        if (_grant.State == "scheduled")
            yield return Fact("Starts", Html.Of($"{Show.Time(_grant.StartsAt)} <span class=\"left\" data-until=\"{Show.Iso(_grant.StartsAt)}\" data-before=\"in \" data-over=\"now\" data-reload>in {Durations.Human(Rough(_grant.StartsAt))}</span>"));
        if (_grant.State is "scheduled" or "active")
            yield return Fact("Until", Html.Of($"{Show.Time(_grant.EndsAt)} {(_grant.IsActive ? Left() : Html.Empty)}"));
        else
            yield return Fact(_grant.State == "ended" ? "Ended" : "Ending since", How());
        if (_grant.State == "ending")
            yield return Fact("Verified", Verifying());
        if (_grant.State == "ended")
            yield return Fact("Verified", _grant.VerifiedEndAt is { } at ? Show.Time(at) : Html.Of($"no credential of it was ever made"));
        if (_grant.State is not "ended" && endsBy is not null)
            yield return Fact("How it ends", Html.Of($"{Sentence(endsBy)}"));
        if (_grant.IsActive && limit > 0)
            yield return Fact("Credentials", Html.Of($"<span>{Show.Number(_live.Count)} of {Show.Number(limit)} in use</span>{InUse()}"));
    }

    private Html InUse() => _live.Count == 0 ? Html.Empty : Html.Of($"""
        <ul class="leases">{_live.Select(l => Html.Of($"<li>collected {Show.Time(l.CreatedAt)}, good until {Show.Time(l.ExpiresAt)}</li>"))}</ul>
        """);

    private Html Left() => Html.Of($"<span class=\"left\" data-until=\"{Show.Iso(_grant.EndsAt)}\" data-after=\" left\" data-over=\"over\" data-reload>{Durations.Human(Rough(_grant.EndsAt))} left</span>");

    private Html How()
    {
        var by = _grant.EndedBy is { } email ? directory.Find(email)?.Name ?? email : "the broker";
        var reason = _grant is { EndKind: EndGrant.Revoked, EndReason: { Length: > 0 } why } ? Html.Of($"<q>{why}</q>") : Html.Empty;
        var at = Show.Time(_grant.EndRequestedAt ?? _grant.EndsAt);
        return _grant.EndKind switch
        {
            EndGrant.Released => Html.Of($"{at}, given back by {by}"),
            EndGrant.Revoked => Html.Of($"{at}, revoked by {by} {reason}"),
            _ => Html.Of($"{at}, its time was over"),
        };
    }

    private Html Verifying()
    {
        if (details.Leases.Any(l => l is { State: "revoking", StuckSince: not null }))
            return Html.Of($"not yet: the target does not confirm it. Operations were told, and it is tried until it does.");
        return details.AccessMayLastUntil is { } last && last > now
            ? Html.Of($"what was handed out may still be honoured until {Show.Time(last)}")
            : Html.Of($"under way");
    }

    private Html Refused(Refusal? refused, Refusal? objection)
    {
        // Said once: what cannot be collected says why below.
        var isSaid = refused is { Code: Codes.LeaseLimit } && _live.Count >= limit;
        if (refused is null || isSaid || (refused.Code == objection?.Code && refused.Code != Codes.GrantEnded))
            return Html.Empty;
        return Html.Of($"<p class=\"note bad\" role=\"alert\">{refused.Text}{(refused.Code is Codes.IssuerUnavailable ? " Nothing was collected; try again in a moment." : "")}</p>");
    }

    private Html Action(FormParts form, Refusal? objection)
    {
        if (objection is not null)
            return Closed(objection);
        if (_live.Count >= limit)
            return Html.Of($"<p class=\"note\" role=\"status\">{Show.Number(_live.Count)} credentials of this access are in use, its limit. Use one of them, wait until one expires, or give it all back with <code>/access done</code> and ask again.</p>");
        return Html.Of($"""
            {form.Open}<button class="primary" data-once>Reveal credential</button></form>
            <p class="fine">Makes a new credential and shows it once, on the next page only. In a terminal: <code>{Terminal()}</code></p>
            """);
    }

    private Html Closed(Refusal objection)
    {
        if (_grant.State == "scheduled")
            return Html.Of($"<p class=\"note\" role=\"status\">Come back then, or leave this page open: it opens by itself.</p>");
        // When it is over, the facts above say so already.
        var why = _grant.IsActive && objection.Code != Codes.GrantEnded ? Html.Of($"<p class=\"note\" role=\"status\">{objection.Text}</p>") : Html.Empty;
        return Html.Of($"{why}<p class=\"fine\">Still needed? <code>/access request {_grant.Entitlement}</code> in chat asks again, or <code>jit request {_grant.Entitlement}</code> in a terminal.</p>");
    }

    private string Terminal() => details.Content.IssuerKind == Client.CredentialKinds.Postgres ? $"jit psql {_grant.Entitlement}" : $"jit creds {_grant.Entitlement}";

    // The issuer's words stand in the middle of a sentence elsewhere.
    private static string Sentence(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];

    private static Html Fact(string name, Html value) => Html.Of($"<div><dt>{name}</dt><dd>{value}</dd></div>");

    // To the minute above a minute: the page counts the seconds by itself.
    private TimeSpan Rough(DateTimeOffset at)
    {
        var left = at - now;
        return left > TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(Math.Floor(left.TotalMinutes)) : TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(left.TotalSeconds)));
    }
}
