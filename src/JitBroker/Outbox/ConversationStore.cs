using JitBroker.Storage;

namespace JitBroker.Outbox;

/// <summary>A conversation of a chat service that the broker was let into, and where it is spoken to. Only what the service has vouched for is written down.</summary>
public sealed record Conversation
{
    public required string Tenant { get; init; }

    /// <summary>Its id, without that of a thread.</summary>
    public required string Id { get; init; }

    /// <summary><c>personal</c>, <c>groupChat</c> or <c>channel</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Where its service answers; may change, the latest holds.</summary>
    public required string ServiceUrl { get; init; }

    /// <summary>The broker's own id there.</summary>
    public required string Bot { get; init; }

    public string? Team { get; init; }

    public string? Channel { get; init; }

    /// <summary>Whose it is, when it is personal and its account is known.</summary>
    public string? Account { get; init; }

    public required DateTimeOffset SeenAt { get; init; }
}

/// <summary>Rows of conversations, and of the ids by which a service knows the members it vouched for.</summary>
public sealed class ConversationStore
{
    private const string Columns = "tenant, conversation as id, kind, service_url, bot, team, channel, account, seen_at";

    private const string SeeSql = """
        insert into conversations (tenant, conversation, kind, service_url, bot, team, channel, account, seen_at)
        values (@Tenant, @Id, @Kind, @ServiceUrl, @Bot, @Team, @Channel, @Account, @SeenAt)
            on conflict (tenant, conversation)
            do update set kind = excluded.kind,
                          service_url = excluded.service_url,
                          bot = excluded.bot,
                          team = coalesce(excluded.team, conversations.team),
                          channel = coalesce(excluded.channel, conversations.channel),
                          account = coalesce(excluded.account, conversations.account),
                          seen_at = excluded.seen_at
                    where conversations.seen_at <= excluded.seen_at
        """;

    private const string SeeMemberSql = """
        insert into members (tenant, account, member, seen_at)
        values (@tenant, @account, @member, @seenAt)
            on conflict (tenant, account)
            do update set member = excluded.member,
                          seen_at = excluded.seen_at
                    where members.seen_at <= excluded.seen_at
        """;

    private const string ForgetSql = """
        delete from conversations
         where tenant = @tenant
           and conversation = @id
        """;

    private const string ForgetTeamSql = """
        delete from conversations
         where tenant = @tenant
           and team = @team
        """;

    private const string PersonalSql = $"""
          select {Columns}
            from conversations
           where tenant = @tenant
             and account = @account
        order by seen_at desc
           limit 1
        """;

    private const string FindSql = $"""
        select {Columns}
          from conversations
         where tenant = @tenant
           and conversation = @id
        """;

    private const string LatestSql = $"""
          select {Columns}
            from conversations
           where tenant = @tenant
        order by seen_at desc
           limit 1
        """;

    private const string TeamsSql = """
        select distinct team
                   from conversations
                  where tenant = @tenant
                    and team is not null
               order by team
        """;

    private const string MemberSql = """
        select member
          from members
         where tenant = @tenant
           and account = @account
        """;

    /// <summary>Notes where a conversation is; what is known later already stays.</summary>
    public Task SeeAsync(Session session, Conversation conversation, CancellationToken cancellationToken) => session.ExecuteAsync(SeeSql, conversation, cancellationToken);

    /// <summary>Notes by which id the service knows an account.</summary>
    public Task SeeMemberAsync(Session session, string tenant, string account, string member, DateTimeOffset seenAt, CancellationToken cancellationToken) =>
        session.ExecuteAsync(SeeMemberSql, new { tenant, account, member, seenAt }, cancellationToken);

    /// <summary>The broker may not speak there any more.</summary>
    public Task ForgetAsync(Session session, string tenant, string id, CancellationToken cancellationToken) => session.ExecuteAsync(ForgetSql, new { tenant, id }, cancellationToken);

    /// <summary>As <see cref="ForgetAsync"/>, for all of a team.</summary>
    public Task ForgetTeamAsync(Session session, string tenant, string team, CancellationToken cancellationToken) =>
        session.ExecuteAsync(ForgetTeamSql, new { tenant, team }, cancellationToken);

    /// <summary>Where an account is spoken to in private; the latest. Null: nowhere yet.</summary>
    public Task<Conversation?> PersonalAsync(Session session, string tenant, string account, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Conversation>(PersonalSql, new { tenant, account }, cancellationToken);

    public Task<Conversation?> FindAsync(Session session, string tenant, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Conversation>(FindSql, new { tenant, id }, cancellationToken);

    /// <summary>The one of a tenant that was heard of last: it shows where the tenant is served.</summary>
    public Task<Conversation?> LatestAsync(Session session, string tenant, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<Conversation>(LatestSql, new { tenant }, cancellationToken);

    /// <summary>The teams of a tenant that the broker was let into.</summary>
    public Task<IReadOnlyList<string>> TeamsAsync(Session session, string tenant, CancellationToken cancellationToken) => session.QueryAsync<string>(TeamsSql, new { tenant }, cancellationToken);

    /// <summary>The id by which the service knows an account; null: not known yet.</summary>
    public Task<string?> MemberAsync(Session session, string tenant, string account, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<string>(MemberSql, new { tenant, account }, cancellationToken);
}
