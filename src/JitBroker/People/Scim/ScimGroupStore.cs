using JitBroker.Storage;

namespace JitBroker.People.Scim;

/// <summary>Rows of SCIM groups and who is in them. Written under <see cref="PeopleHead"/>'s lock only.</summary>
public sealed class ScimGroupStore
{
    private const string Columns = "id, client, version, display_name, display_key, external_id, created_at, changed_at, deleted_at, revision";

    private const string InsertSql = $"""
        insert into scim_groups ({Columns})
        values (@Id, @Client, @Version, @DisplayName, @DisplayKey, @ExternalId, @CreatedAt, @ChangedAt, @DeletedAt, @Revision)
        """;

    private const string UpdateSql = """
        update scim_groups
           set version = @Version,
               display_name = @DisplayName,
               display_key = @DisplayKey,
               external_id = @ExternalId,
               changed_at = @ChangedAt,
               deleted_at = @DeletedAt,
               revision = @Revision
         where id = @Id
           and version = @expected
        """;

    private const string FindSql = $"""
        select {Columns}
          from scim_groups
         where client = @client
           and id = @id
           and deleted_at is null
        """;

    private const string TakenSql = """
        select id
          from scim_groups
         where client = @client
           and id <> @id
           and deleted_at is null
           and display_key = @key
         limit 1
        """;

    private const string Filter = """
               client = @Client
           and deleted_at is null
           and id = coalesce(@Id, id)
           and display_key = coalesce(@DisplayKey, display_key)
           and coalesce(external_id, '') = coalesce(@ExternalId, external_id, '')
           and (coalesce(@Member, '') = '' or exists (select 1 from scim_members m where m.group_id = scim_groups.id and m.user_id = @Member))
        """;

    private const string PageSql = $"""
          select {Columns}
            from scim_groups
           where {Filter}
        order by id
           limit @limit
          offset @skip
        """;

    private const string CountSql = $"""
        select count(*)
          from scim_groups
         where {Filter}
        """;

    private const string SinceSql = $"""
          select {Columns}
            from scim_groups
           where revision > @revision
        order by revision, id
        """;

    private const string MembersSql = """
          select group_id, user_id
            from scim_members
           where group_id = @id
        order by user_id
        """;

    private const string GroupsOfSql = """
          select m.group_id
            from scim_members m
            join scim_groups g on g.id = m.group_id
           where m.user_id = @userId
             and g.deleted_at is null
        order by m.group_id
        """;

    private const string AddSql = """
        insert into scim_members (group_id, user_id)
        select @groupId, id
          from scim_users
         where client = @client
           and id = @userId
           and deleted_at is null
            on conflict do nothing
        """;

    private const string RemoveSql = """
        delete from scim_members
         where group_id = @groupId
           and user_id = @userId
        """;

    private const string ClearSql = """
        delete from scim_members
         where group_id = @groupId
        """;

    public Task InsertAsync(Session session, ScimGroup group, CancellationToken cancellationToken) => session.WriteAsync(InsertSql, group, cancellationToken);

    /// <summary>Writes what follows on version - 1.</summary>
    public Task UpdateAsync(Session session, ScimGroup group, CancellationToken cancellationToken) =>
        session.WriteOneAsync(
            UpdateSql,
            new { group.Id, group.Version, group.DisplayName, group.DisplayKey, group.ExternalId, group.ChangedAt, group.DeletedAt, group.Revision, expected = group.Version - 1 },
            $"SCIM group {group.Id} was written without the lock.",
            cancellationToken);

    public Task<ScimGroup?> FindAsync(Session session, string client, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<ScimGroup>(FindSql, new { client, id }, cancellationToken);

    public async Task<bool> IsTakenAsync(Session session, ScimGroup group, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<string>(TakenSql, new { client = group.Client, id = group.Id, key = group.DisplayKey }, cancellationToken) is not null;

    public Task<IReadOnlyList<ScimGroup>> PageAsync(Session session, ScimGroupQuery query, int skip, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<ScimGroup>(PageSql, new { query.Client, query.Id, query.DisplayKey, query.ExternalId, query.Member, skip, limit }, cancellationToken);

    public Task<long> CountAsync(Session session, ScimGroupQuery query, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<long>(CountSql, query, cancellationToken);

    /// <summary>What was written after a revision, deleted ones too.</summary>
    public Task<IReadOnlyList<ScimGroup>> SinceAsync(Session session, long revision, CancellationToken cancellationToken) =>
        session.QueryAsync<ScimGroup>(SinceSql, new { revision }, cancellationToken);

    public Task<IReadOnlyList<ScimMember>> MembersAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.QueryAsync<ScimMember>(MembersSql, new { id }, cancellationToken);

    /// <summary>Ids of the groups a user is in.</summary>
    public Task<IReadOnlyList<string>> GroupsOfAsync(Session session, string userId, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(GroupsOfSql, new { userId }, cancellationToken);

    /// <summary>Nothing happens when the client has no such user.</summary>
    public Task AddAsync(Session session, string client, string groupId, string userId, CancellationToken cancellationToken) =>
        session.WriteAsync(AddSql, new { client, groupId, userId }, cancellationToken);

    public Task RemoveAsync(Session session, string groupId, string userId, CancellationToken cancellationToken) => session.WriteAsync(RemoveSql, new { groupId, userId }, cancellationToken);

    public Task ClearAsync(Session session, string groupId, CancellationToken cancellationToken) => session.WriteAsync(ClearSql, new { groupId }, cancellationToken);
}

/// <summary>What a list of groups is narrowed to; null: any.</summary>
public sealed record ScimGroupQuery(string Client)
{
    public string? Id { get; init; }

    public string? DisplayKey { get; init; }

    public string? ExternalId { get; init; }

    /// <summary>A user id.</summary>
    public string? Member { get; init; }
}
