using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>
/// The one place where an account becomes a person's, in the transaction of whoever has proven it: the row, its event, and word to the person's other accounts. An account that is
/// anybody's stays theirs.
/// </summary>
public sealed class LinkIdentity(PeopleHead head, IdentityStore identities, EventStore events, Announcer announcer, CatalogHolder catalogs)
{
    /// <param name="how"><see cref="LinkedIdentity.ByCode"/> or <see cref="LinkedIdentity.ByProfile"/>.</param>
    /// <param name="evidence">For the event.</param>
    /// <returns>Null when the account is somebody's by now; nothing was written then.</returns>
    public async Task<LinkedIdentity?> InAsync(Session session, Identity account, string person, string how, Actor? by, JsonObject evidence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var revision = await head.NextAsync(session, cancellationToken);
        var directory = catalogs.Directory;
        if (directory.ClaimsOn(account).Count > 0)
            return null;
        var linked = new LinkedIdentity
        {
            Id = Ids.New(now), Version = 1, Surface = account.Surface, Tenant = account.Tenant, Account = account.Id, Person = person, How = how, LinkedAt = now, Revision = revision,
        };
        if (!await identities.InsertAsync(session, linked, cancellationToken))
            return null;
        evidence["person"] = person;
        evidence["account"] = TypeLink.Told(account);
        evidence["how"] = how;
        await events.AppendAsync(
            session,
            by is null
                ? AuditEvent.BySystem("identity", linked.Id, 1, "identity.linked", now, null, evidence)
                : AuditEvent.By(by, "identity", linked.Id, 1, "identity.linked", now, null, evidence),
            cancellationToken);
        // Where they were known before: the new account is not among these yet.
        await announcer.TellAsync(session, directory, person, Templates.LinkNotice, linked.Id, now, now, null, cancellationToken);
        return linked;
    }
}
