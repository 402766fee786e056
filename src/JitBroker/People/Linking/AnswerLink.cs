using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>The person whom an account is to be linked to says yes or no: only they, once, before it expires.</summary>
public sealed class AnswerLink(Database database, LinkStore links, LinkIdentity linkIdentity, EventStore events, Refusals refusals, CatalogHolder catalogs, ReloadPeople people, TimeProvider clock)
{
    public async Task<Outcome<Link>> HandleAsync(Actor actor, string linkId, bool confirm, CommitWith<Link>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(session => AnswerAsync(session, actor, linkId, confirm, together, cancellationToken), cancellationToken);
        if (outcome.Refusal is { } refusal)
            return await refusals.RecordAsync(actor, "link.answer", null, Ids.IsId(linkId) ? linkId : null, refusal, cancellationToken);
        await people.RunAsync(cancellationToken);
        return outcome;
    }

    private async Task<Outcome<Link>> AnswerAsync(Session session, Actor actor, string linkId, bool confirm, CommitWith<Link>? together, CancellationToken cancellationToken)
    {
        var link = Ids.IsId(linkId) ? await links.LockAsync(session, linkId, cancellationToken) : null;
        var now = clock.GetUtcNow();
        if (link is null || link.Person != actor.Email || link.State == Link.Shown)
            return new Refusal(Codes.NotFound, "This link is not yours to confirm, or is over.");
        if (link.State != Link.Typed)
            return new Refusal(Codes.AlreadySettled, $"You answered this already: {link.State}. Your press changed nothing.") { State = link.State };
        if (now >= link.ExpiresAt)
            return new Refusal(Codes.NotFound, "This has expired: a code lives five minutes. Begin again with /access link.");
        if (catalogs.Directory.Find(actor.Email) is null)
            return new Refusal(Codes.Inactive, "You are not here any more, so nothing can be linked to you. Ask the platform team.");
        var answered = link with { State = confirm ? Link.Linked : Link.Refused, Version = link.Version + 1 };
        await links.MoveAsync(session, answered, cancellationToken);
        await events.AppendAsync(session, AuditEvent.By(actor, "link", link.Id, 2, "link." + (confirm ? "confirmed" : "refused"), now, null), cancellationToken);
        var evidence = new JsonObject { ["link"] = link.Id, ["shownTo"] = link.Via, ["address"] = link.Address };
        if (confirm && await linkIdentity.InAsync(session, link.Identity!, actor.Email, LinkedIdentity.ByCode, actor, evidence, now, cancellationToken) is null)
        {
            session.Doom();
            return ShowLink.AccountIsTaken();
        }

        if (together is not null)
            await together(session, answered, cancellationToken);
        return answered;
    }
}
