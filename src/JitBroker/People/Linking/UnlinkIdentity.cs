using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>
/// An admin takes a linked account away from its person. The sessions of that person end, since one may have been begun with it; who has other accounts signs in
/// again. An account that the catalog names is the catalog's to take away.
/// </summary>
public sealed class UnlinkIdentity(
    Database database, PeopleHead head, IdentityStore identities, EndInactiveSessions sessions, EventStore events, Announcer announcer, Refusals refusals, CatalogHolder catalogs, ReloadPeople people, TimeProvider clock)
{
    /// <param name="together">Commits with it; see <see cref="CommitWith{T}"/>.</param>
    public async Task<Outcome<LinkedIdentity>> HandleAsync(Actor admin, string id, string? reason, CommitWith<LinkedIdentity>? together, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(session => UnlinkAsync(session, admin, id, reason, together, cancellationToken), cancellationToken);
        if (outcome.Refusal is { } refusal)
            return await refusals.RecordAsync(admin, "identity.unlink", null, Ids.IsId(id) ? id : null, refusal, cancellationToken);
        await people.RunAsync(cancellationToken);
        return outcome;
    }

    private async Task<Outcome<LinkedIdentity>> UnlinkAsync(Session session, Actor admin, string id, string? reason, CommitWith<LinkedIdentity>? together, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        if (!directory.HasRole(Rights.Admin, admin.Email))
            return new Refusal(Codes.Forbidden, "Only admins unlink accounts. The catalog's roles say who that is.");
        if (FreeText.Fault(reason, 1000, "reason", "reason") is { } unfit)
            return unfit;
        var revision = await head.NextAsync(session, cancellationToken);
        var linked = Ids.IsId(id) ? await identities.FindByIdAsync(session, id, cancellationToken) : null;
        if (linked is null)
            return Undo(session, new Refusal(Codes.NotFound, "There is no such linked account. Accounts that the catalog names are unlinked in the catalog."));
        if (!linked.IsLinked)
            return Undo(session, new Refusal(Codes.AlreadySettled, "This account is unlinked already.") { State = "unlinked", SettledBy = linked.UnlinkedBy });
        var now = clock.GetUtcNow();
        var unlinked = linked with { Version = 2, UnlinkedAt = now, UnlinkedBy = admin.Email, Revision = revision };
        await identities.UnlinkAsync(session, unlinked, cancellationToken);
        var data = new JsonObject { ["person"] = linked.Person, ["account"] = TypeLink.Told(linked.Identity), ["reason"] = reason };
        await events.AppendAsync(session, AuditEvent.By(admin, "identity", id, 2, "identity.unlinked", now, null, data), cancellationToken);
        await sessions.EndAllAsync(session, linked.Person, "unlinked", now, cancellationToken);
        await announcer.TellAsync(session, directory, linked.Person, Templates.UnlinkNotice, id, now, now, null, cancellationToken);
        if (together is not null)
            await together(session, unlinked, cancellationToken);
        return unlinked;
    }

    private static Refusal Undo(Session session, Refusal refusal)
    {
        session.Doom();
        return refusal;
    }
}
