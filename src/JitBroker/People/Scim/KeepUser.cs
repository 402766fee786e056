using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.People.Scim;

/// <summary>
/// Writes a user as a SCIM client wants it, with its event. Whoever this takes away is gone here before the client has its answer, and within a second on every other
/// replica (<see cref="ReloadPeople"/>).
/// </summary>
public sealed class KeepUser(Database database, PeopleHead head, ScimUserStore users, ScimGroupStore groups, EventStore events, ReloadPeople people, Wakeups wakeups, TimeProvider clock)
{
    private const string Aggregate = "scim_user";

    public async Task<ScimOutcome<ScimUser>> CreateAsync(string client, ScimUserDraft draft, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(
            async session =>
            {
                var revision = await head.NextAsync(session, cancellationToken);
                var now = clock.GetUtcNow();
                var user = draft.Onto(new ScimUser
                {
                    Id = Ids.New(now), Client = client, Version = 1, UserName = "", UserKey = "", Name = "", Active = false, Attributes = "", CreatedAt = now, ChangedAt = now, Revision = revision,
                });
                if (await users.TakenAsync(session, user, cancellationToken) is { } taken)
                    return Undo(session, new ScimOutcome<ScimUser>.Taken(taken));
                await users.InsertAsync(session, user, cancellationToken);
                await TellAsync(session, user, "created", cancellationToken);
                return new ScimOutcome<ScimUser>.Done(user, true);
            },
            cancellationToken);
        // Somebody whom the catalog names, and who is made known as one who left.
        if (outcome is ScimOutcome<ScimUser>.Done { Value.Active: false })
            await FollowAsync(cancellationToken);
        return outcome;
    }

    /// <param name="ifVersion">Only if it still is; null: whatever it is.</param>
    /// <param name="change">Pure; what it is to be, given what it is. What it throws undoes the work and is the caller's.</param>
    public async Task<ScimOutcome<ScimUser>> ChangeAsync(
        string client, string id, int? ifVersion, Func<ScimUser, ScimUserDraft> change, CancellationToken cancellationToken)
    {
        var (outcome, takesAway) = await database.WriteAsync(session => ChangeAsync(session, client, id, ifVersion, change, cancellationToken), cancellationToken);
        if (takesAway)
            await FollowAsync(cancellationToken);
        return outcome;
    }

    /// <summary>The row stays, to keep the person away.</summary>
    public async Task<ScimOutcome<ScimUser>> DeleteAsync(string client, string id, int? ifVersion, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(
            async session =>
            {
                var revision = await head.NextAsync(session, cancellationToken);
                if (await users.FindAsync(session, client, id, cancellationToken) is not { } user)
                    return Undo(session, new ScimOutcome<ScimUser>.NotFound());
                if (ifVersion is { } version && version != user.Version)
                    return Undo(session, new ScimOutcome<ScimUser>.Stale());
                var deleted = Next(user, revision) with { Active = false, DeletedAt = clock.GetUtcNow() };
                foreach (var group in await groups.GroupsOfAsync(session, id, cancellationToken))
                    await groups.RemoveAsync(session, group, id, cancellationToken);
                await users.UpdateAsync(session, deleted, cancellationToken);
                await TellAsync(session, deleted, "deleted", cancellationToken);
                return new ScimOutcome<ScimUser>.Done(deleted, true);
            },
            cancellationToken);
        if (outcome is ScimOutcome<ScimUser>.Done)
            await FollowAsync(cancellationToken);
        return outcome;
    }

    private async Task<(ScimOutcome<ScimUser> Outcome, bool TakesAway)> ChangeAsync(
        Session session, string client, string id, int? ifVersion, Func<ScimUser, ScimUserDraft> change, CancellationToken cancellationToken)
    {
        var revision = await head.NextAsync(session, cancellationToken);
        if (await users.FindAsync(session, client, id, cancellationToken) is not { } before)
            return (Undo(session, new ScimOutcome<ScimUser>.NotFound()), false);
        if (ifVersion is { } version && version != before.Version)
            return (Undo(session, new ScimOutcome<ScimUser>.Stale()), false);
        var draft = change(before);
        if (draft.Is(before))
            return (Undo(session, new ScimOutcome<ScimUser>.Done(before, false)), false);
        var after = draft.Onto(Next(before, revision));
        if (await users.TakenAsync(session, after, cancellationToken) is { } taken)
            return (Undo(session, new ScimOutcome<ScimUser>.Taken(taken)), false);
        await users.UpdateAsync(session, after, cancellationToken);
        await TellAsync(session, after, before.Active == after.Active ? "changed" : after.Active ? "activated" : "deactivated", cancellationToken, before);
        if (before.Email is not null && before.Email != after.Email)
            await LeaveBehindAsync(session, before, revision, cancellationToken);
        return (new ScimOutcome<ScimUser>.Done(after, true), !after.Active || before.Email != after.Email);
    }

    /// <summary>Whoever is called something else now is not there twice: the address they had is kept away like that of one who left.</summary>
    private async Task LeaveBehindAsync(Session session, ScimUser before, long revision, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ghost = before with { Id = Ids.New(now), Version = 1, Active = false, CreatedAt = now, ChangedAt = now, DeletedAt = now, Revision = revision };
        await users.InsertAsync(session, ghost, cancellationToken);
        await TellAsync(session, ghost, "left_behind", cancellationToken);
    }

    private ScimUser Next(ScimUser user, long revision) => user with { Version = user.Version + 1, ChangedAt = clock.GetUtcNow(), Revision = revision };

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await people.RunAsync(cancellationToken);
        wakeups.Pulse(Sweep.ReloadPeople);
    }

    private Task TellAsync(Session session, ScimUser user, string what, CancellationToken cancellationToken, ScimUser? before = null)
    {
        var data = new JsonObject { ["client"] = user.Client, ["userName"] = user.UserName, ["email"] = user.Email, ["name"] = user.Name, ["active"] = user.Active };
        if (before is not null && before.Email != user.Email)
            data["formerEmail"] = before.Email;
        return events.AppendAsync(session, AuditEvent.BySystem(Aggregate, user.Id, user.Version, "scim_user." + what, clock.GetUtcNow(), null, data), cancellationToken);
    }

    private static ScimOutcome<ScimUser> Undo(Session session, ScimOutcome<ScimUser> outcome)
    {
        session.Doom();
        return outcome;
    }
}
