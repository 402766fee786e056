using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.People.Scim;

/// <summary>Writes a group as a SCIM client wants it, with its event. As with <see cref="KeepUser"/>, what it takes away is gone here before the answer.</summary>
public sealed class KeepGroup(Database database, PeopleHead head, ScimGroupStore groups, EventStore events, ReloadPeople people, Wakeups wakeups, TimeProvider clock)
{
    private const string Aggregate = "scim_group";

    /// <summary>Members named one by one in an event; of more only the number is told.</summary>
    private const int Named = 200;

    public Task<ScimOutcome<ScimGroup>> CreateAsync(string client, ScimGroupChange wish, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            var revision = await head.NextAsync(session, cancellationToken);
            var now = clock.GetUtcNow();
            var group = Apply(new ScimGroup { Id = Ids.New(now), Client = client, Version = 1, DisplayName = "", DisplayKey = "", CreatedAt = now, ChangedAt = now, Revision = revision }, wish);
            if (await groups.IsTakenAsync(session, group, cancellationToken))
                return Undo(session, new ScimOutcome<ScimGroup>.Taken("displayName"));
            var members = wish.Members ?? new HashSet<string>();
            await groups.InsertAsync(session, group, cancellationToken);
            if (await AddAsync(session, group, members, members, cancellationToken) is { } unfit)
                return Undo(session, unfit);
            await TellAsync(session, group, "created", [.. members], [], cancellationToken);
            return new ScimOutcome<ScimGroup>.Done(group, true);
        },
        cancellationToken);

    /// <inheritdoc cref="KeepUser.ChangeAsync"/>
    public async Task<ScimOutcome<ScimGroup>> ChangeAsync(
        string client, string id, int? ifVersion, ScimGroupChange wish, CancellationToken cancellationToken)
    {
        var (outcome, takesAway) = await database.WriteAsync(session => ChangeAsync(session, client, id, ifVersion, wish, cancellationToken), cancellationToken);
        if (takesAway)
            await FollowAsync(cancellationToken);
        return outcome;
    }

    public async Task<ScimOutcome<ScimGroup>> DeleteAsync(string client, string id, int? ifVersion, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(
            async session =>
            {
                var revision = await head.NextAsync(session, cancellationToken);
                if (await groups.FindAsync(session, client, id, cancellationToken) is not { } group)
                    return Undo(session, new ScimOutcome<ScimGroup>.NotFound());
                if (ifVersion is { } version && version != group.Version)
                    return Undo(session, new ScimOutcome<ScimGroup>.Stale());
                var removed = await groups.MembersAsync(session, id, cancellationToken);
                var deleted = Next(group, revision) with { DeletedAt = clock.GetUtcNow() };
                await groups.ClearAsync(session, id, cancellationToken);
                await groups.UpdateAsync(session, deleted, cancellationToken);
                await TellAsync(session, deleted, "deleted", [], [.. removed.Select(m => m.UserId)], cancellationToken);
                return new ScimOutcome<ScimGroup>.Done(deleted, true);
            },
            cancellationToken);
        if (outcome is ScimOutcome<ScimGroup>.Done)
            await FollowAsync(cancellationToken);
        return outcome;
    }

    private async Task<(ScimOutcome<ScimGroup> Outcome, bool TakesAway)> ChangeAsync(
        Session session, string client, string id, int? ifVersion, ScimGroupChange wish, CancellationToken cancellationToken)
    {
        var revision = await head.NextAsync(session, cancellationToken);
        if (await groups.FindAsync(session, client, id, cancellationToken) is not { } before)
            return (Undo(session, new ScimOutcome<ScimGroup>.NotFound()), false);
        if (ifVersion is { } version && version != before.Version)
            return (Undo(session, new ScimOutcome<ScimGroup>.Stale()), false);
        var members = (await groups.MembersAsync(session, id, cancellationToken)).Select(m => m.UserId).ToHashSet(StringComparer.Ordinal);
        var wanted = Wanted(members, wish);
        var (added, removed) = (wanted.Except(members).Order(StringComparer.Ordinal).ToList(), members.Except(wanted).Order(StringComparer.Ordinal).ToList());
        var after = Apply(before, wish);
        if (after == before && added.Count + removed.Count == 0)
            return (Undo(session, new ScimOutcome<ScimGroup>.Done(before, false)), false);
        after = Next(after, revision);
        if (await groups.IsTakenAsync(session, after, cancellationToken))
            return (Undo(session, new ScimOutcome<ScimGroup>.Taken("displayName")), false);
        foreach (var member in removed)
            await groups.RemoveAsync(session, id, member, cancellationToken);
        if (await AddAsync(session, after, added, wanted, cancellationToken) is { } unfit)
            return (Undo(session, unfit), false);
        await groups.UpdateAsync(session, after, cancellationToken);
        await TellAsync(session, after, "changed", added, removed, cancellationToken);
        return (new ScimOutcome<ScimGroup>.Done(after, true), removed.Count > 0 || after.DisplayKey != before.DisplayKey || after.ExternalId != before.ExternalId);
    }

    private static HashSet<string> Wanted(HashSet<string> members, ScimGroupChange wish)
    {
        var wanted = wish.Members is { } all ? all.ToHashSet(StringComparer.Ordinal) : members.ToHashSet(StringComparer.Ordinal);
        wanted.ExceptWith(wish.Remove ?? new HashSet<string>());
        wanted.UnionWith(wish.Add ?? new HashSet<string>());
        return wanted;
    }

    private static ScimGroup Apply(ScimGroup group, ScimGroupChange wish) => group with
    {
        DisplayName = wish.DisplayName ?? group.DisplayName,
        DisplayKey = wish.DisplayName is { } name ? Emails.Canonical(name) : group.DisplayKey,
        ExternalId = wish.SetsExternalId ? wish.ExternalId : group.ExternalId,
    };

    /// <summary>Somebody who is no user of this client cannot be in its groups: what is missing afterwards was never one.</summary>
    private async Task<ScimOutcome<ScimGroup>?> AddAsync(Session session, ScimGroup group, IEnumerable<string> added, IReadOnlySet<string> wanted, CancellationToken cancellationToken)
    {
        foreach (var member in added)
            await groups.AddAsync(session, group.Client, group.Id, member, cancellationToken);
        var members = await groups.MembersAsync(session, group.Id, cancellationToken);
        if (members.Count == wanted.Count)
            return null;
        var stranger = wanted.Except(members.Select(m => m.UserId)).First();
        return new ScimOutcome<ScimGroup>.Unfit("invalidValue", $"There is no user {(Ids.IsId(stranger) ? stranger : "of that id")} to be a member. Groups in groups are not taken.");
    }

    private ScimGroup Next(ScimGroup group, long revision) => group with { Version = group.Version + 1, ChangedAt = clock.GetUtcNow(), Revision = revision };

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await people.RunAsync(cancellationToken);
        wakeups.Pulse(Sweep.ReloadPeople);
    }

    private Task TellAsync(Session session, ScimGroup group, string what, List<string> added, List<string> removed, CancellationToken cancellationToken)
    {
        var data = new JsonObject
        {
            ["client"] = group.Client, ["displayName"] = group.DisplayName, ["externalId"] = group.ExternalId,
            ["added"] = Told(added), ["removed"] = Told(removed), ["addedCount"] = added.Count, ["removedCount"] = removed.Count,
        };
        return events.AppendAsync(session, AuditEvent.BySystem(Aggregate, group.Id, group.Version, "scim_group." + what, clock.GetUtcNow(), null, data), cancellationToken);
    }

    private static JsonArray Told(List<string> members) => new([.. members.Take(Named).Select(m => (JsonNode?)m)]);

    private static ScimOutcome<ScimGroup> Undo(Session session, ScimOutcome<ScimGroup> outcome)
    {
        session.Doom();
        return outcome;
    }
}
