using System.Collections.Concurrent;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Where people and channels can be written to, as accepted activities have shown it: nothing else is ever believed about a service URL (I5). Kept in the database, so that any replica can
/// write to whom another has heard of.
/// </summary>
internal sealed class TeamsReferences(TeamsOptions options, Database database, ConversationStore conversations)
{
    private const int MostKept = 20_000;

    /// <summary>What was written down lately is not written down again for each press.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (string ServiceUrl, DateTimeOffset At)> _seen = new(StringComparer.Ordinal);

    /// <summary>Notes where an activity came from, in the caller's transaction.</summary>
    public async Task SeeAsync(Session session, TeamsActivity activity, CancellationToken cancellationToken)
    {
        var conversation = Of(activity);
        var key = $"{conversation.Tenant} {conversation.Id} {activity.From.Id}";
        var isInstallation = activity.Type is TeamsActivity.Installation or TeamsActivity.Members;
        if (!isInstallation && _seen.TryGetValue(key, out var last) && last.ServiceUrl == conversation.ServiceUrl && activity.ReceivedAt - last.At < Lately)
            return;
        await conversations.SeeAsync(session, conversation, cancellationToken);
        if (activity.From.ObjectId is { } objectId && activity.From.Id.StartsWith("29:", StringComparison.Ordinal))
            await conversations.SeeMemberAsync(session, activity.TenantId, objectId.ToString(), activity.From.Id, activity.ReceivedAt, cancellationToken);
        session.AfterCommit(() => Remember(key, conversation));
    }

    /// <summary>The bot was let in or thrown out.</summary>
    public Task MovedAsync(TeamsActivity activity, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            if (!IsFarewell(activity))
            {
                await SeeAsync(session, activity, cancellationToken);
                return;
            }

            await conversations.ForgetAsync(session, activity.TenantId, TeamsPlace.WithoutThread(activity.Conversation.Id), cancellationToken);
            if (activity.Conversation.TeamId is { } team)
                await conversations.ForgetTeamAsync(session, activity.TenantId, team, cancellationToken);
            session.AfterCommit(_seen.Clear);
        },
        cancellationToken);

    /// <summary>The service has said that we may not write there any more.</summary>
    public Task ForgetAsync(TeamsPlace place, CancellationToken cancellationToken) => database.WriteAsync(
        async session =>
        {
            await conversations.ForgetAsync(session, place.Tenant, TeamsPlace.WithoutThread(place.Conversation), cancellationToken);

            // Whoever is heard of again is written down again.
            session.AfterCommit(_seen.Clear);
        },
        cancellationToken);

    /// <summary>Where an account is written to in private; null: we were never let into a chat with it.</summary>
    public async Task<TeamsPlace?> PersonalAsync(Identity account, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(session => conversations.PersonalAsync(session, account.Tenant, account.Id, cancellationToken), cancellationToken);
        return found is null ? null : Place(found.ServiceUrl, found.Tenant, found.Id);
    }

    /// <summary>Where a conversation of the first tenant, or of any that is accepted, is written to: at its own service, or where its tenant was heard of last. Null: nowhere yet.</summary>
    public Task<TeamsPlace?> ConversationAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(
        async session =>
        {
            foreach (var tenant in options.Tenants)
            {
                if (await conversations.FindAsync(session, tenant, TeamsPlace.WithoutThread(id), cancellationToken) is { } known)
                    return Place(known.ServiceUrl, tenant, id);
            }

            return await conversations.LatestAsync(session, options.Tenants[0], cancellationToken) is { } latest ? Place(latest.ServiceUrl, options.Tenants[0], id) : null;
        },
        cancellationToken);

    /// <summary>Where a posted copy is edited.</summary>
    public Task<TeamsPlace?> ConversationAsync(string tenant, string id, CancellationToken cancellationToken) => database.ReadAsync(
        async session =>
        {
            var known = await conversations.FindAsync(session, tenant, TeamsPlace.WithoutThread(id), cancellationToken) ?? await conversations.LatestAsync(session, tenant, cancellationToken);
            return known is null ? null : Place(known.ServiceUrl, tenant, id);
        },
        cancellationToken);

    /// <summary>The team that a channel is in; null: not heard of.</summary>
    public async Task<string?> TeamOfAsync(TeamsPlace channel, CancellationToken cancellationToken) => (await database.ReadAsync(
        session => conversations.FindAsync(session, channel.Tenant, TeamsPlace.WithoutThread(channel.Conversation), cancellationToken), cancellationToken))?.Team;

    /// <summary>The teams of a tenant that the bot was added to, as far as it was told.</summary>
    public Task<IReadOnlyList<string>> TeamsAsync(string tenant, CancellationToken cancellationToken) => database.ReadAsync(session => conversations.TeamsAsync(session, tenant, cancellationToken), cancellationToken);

    /// <summary>Where a tenant is served; null: not heard of yet.</summary>
    public async Task<Uri?> ServiceOfAsync(string tenant, CancellationToken cancellationToken) =>
        await database.ReadAsync(session => conversations.LatestAsync(session, tenant, cancellationToken), cancellationToken) is { } latest ? Place(latest.ServiceUrl, tenant, latest.Id)?.Service : null;

    /// <summary>The ids by which Teams knows accounts, of those that were heard of.</summary>
    public async Task<IReadOnlyList<string>> MembersAsync(IEnumerable<Identity> accounts, CancellationToken cancellationToken) => await database.ReadAsync(
        async session =>
        {
            var members = new List<string>();
            foreach (var account in accounts)
            {
                if (await conversations.MemberAsync(session, account.Tenant, account.Id, cancellationToken) is { } member)
                    members.Add(member);
            }

            return (IReadOnlyList<string>)members;
        },
        cancellationToken);

    private static bool IsFarewell(TeamsActivity activity) => activity.Type == TeamsActivity.Installation
        ? activity.Raw.Text("action")?.StartsWith("remove", StringComparison.Ordinal) == true
        : (activity.Raw["membersRemoved"] as System.Text.Json.Nodes.JsonArray ?? []).Any(m => m.Text("id") is { } gone && gone == activity.Raw.Text("recipient", "id"));

    private static Conversation Of(TeamsActivity activity) => new()
    {
        Tenant = activity.TenantId,
        Id = TeamsPlace.WithoutThread(activity.Conversation.Id),
        Kind = activity.Conversation.Kind,
        ServiceUrl = activity.ServiceUrl,
        Bot = activity.Raw.Text("recipient", "id") ?? "",
        Team = activity.Conversation.TeamId,
        Channel = activity.Conversation.ChannelId,
        Account = activity.Conversation.IsPersonal ? activity.From.ObjectId?.ToString() : null,
        SeenAt = activity.ReceivedAt,
    };

    private static TeamsPlace? Place(string serviceUrl, string tenant, string id) => Uri.TryCreate(serviceUrl, UriKind.Absolute, out var service) ? new TeamsPlace(tenant, service, id) : null;

    private void Remember(string key, Conversation conversation)
    {
        if (_seen.Count >= MostKept)
            _seen.Clear();
        _seen[key] = (conversation.ServiceUrl, conversation.SeenAt);
    }
}

/// <summary>A conversation, and where its service answers.</summary>
internal sealed record TeamsPlace(string Tenant, Uri Service, string Conversation)
{
    private const string Thread = ";messageid=";

    /// <summary>The place of a thread's messages.</summary>
    public TeamsPlace Under(string root) => this with { Conversation = WithoutThread(Conversation) + Thread + root };

    public static string WithoutThread(string conversation) => conversation.IndexOf(Thread, StringComparison.Ordinal) is var at and >= 0 ? conversation[..at] : conversation;

    /// <summary>Of a team, and not a chat of several people.</summary>
    public static bool IsChannel(string conversation) => WithoutThread(conversation) is var id && (id.EndsWith("@thread.tacv2", StringComparison.Ordinal) || id.EndsWith("@thread.skype", StringComparison.Ordinal));

    /// <summary>The message that a thread's conversation is under; null: it is none.</summary>
    public static string? RootOf(string conversation) => conversation.IndexOf(Thread, StringComparison.Ordinal) is var at and >= 0 ? conversation[(at + Thread.Length)..] : null;

    /// <summary>How a posted message's conversation is written down: that of a thread's first message without the thread.</summary>
    public static string Canonical(string conversation, string message) => RootOf(conversation) == message ? WithoutThread(conversation) : conversation;
}
