using JitBroker.Storage;

namespace JitBroker.People.Scim;

/// <summary>Rows of SCIM users. Written under <see cref="PeopleHead"/>'s lock only.</summary>
public sealed class ScimUserStore
{
    private const string Columns = "id, client, version, user_name, user_key, external_id, email, name, active, attributes, created_at, changed_at, deleted_at, revision";

    private const string InsertSql = $"""
        insert into scim_users ({Columns})
        values (@Id, @Client, @Version, @UserName, @UserKey, @ExternalId, @Email, @Name, @Active, @Attributes, @CreatedAt, @ChangedAt, @DeletedAt, @Revision)
        """;

    private const string UpdateSql = """
        update scim_users
           set version = @Version,
               user_name = @UserName,
               user_key = @UserKey,
               external_id = @ExternalId,
               email = @Email,
               name = @Name,
               active = @Active,
               attributes = @Attributes,
               changed_at = @ChangedAt,
               deleted_at = @DeletedAt,
               revision = @Revision
         where id = @Id
           and version = @expected
        """;

    private const string FindSql = $"""
        select {Columns}
          from scim_users
         where client = @client
           and id = @id
           and deleted_at is null
        """;

    private const string TakenSql = """
        select case when user_key = @key then 'userName' else 'emails' end as what
          from scim_users
         where client = @client
           and id <> @id
           and deleted_at is null
           and (user_key = @key or email = @email)
         limit 1
        """;

    private const string Filter = """
               client = @Client
           and deleted_at is null
           and id = coalesce(@Id, id)
           and user_key = coalesce(@UserKey, user_key)
           and coalesce(email, '') = coalesce(@Email, email, '')
           and coalesce(external_id, '') = coalesce(@ExternalId, external_id, '')
           and active = coalesce(@Active, active)
           and name = coalesce(@Name, name)
        """;

    private const string PageSql = $"""
          select {Columns}
            from scim_users
           where {Filter}
        order by id
           limit @limit
          offset @skip
        """;

    private const string CountSql = $"""
        select count(*)
          from scim_users
         where {Filter}
        """;

    private const string SinceSql = $"""
          select {Columns}
            from scim_users
           where revision > @revision
             and (revision, id) > (@afterRevision, @afterId)
        order by revision, id
           limit @limit
        """;

    public Task InsertAsync(Session session, ScimUser user, CancellationToken cancellationToken) => session.WriteAsync(InsertSql, user, cancellationToken);

    /// <summary>Writes what follows on version - 1.</summary>
    public Task UpdateAsync(Session session, ScimUser user, CancellationToken cancellationToken) =>
        session.WriteOneAsync(
            UpdateSql,
            new
            {
                user.Id, user.Version, user.UserName, user.UserKey, user.ExternalId, user.Email, user.Name, user.Active, user.Attributes, user.ChangedAt, user.DeletedAt, user.Revision,
                expected = user.Version - 1,
            },
            $"SCIM user {user.Id} was written without the lock.",
            cancellationToken);

    public Task<ScimUser?> FindAsync(Session session, string client, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<ScimUser>(FindSql, new { client, id }, cancellationToken);

    /// <summary>Which attribute of <paramref name="user"/> another one has; null: none.</summary>
    public Task<string?> TakenAsync(Session session, ScimUser user, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<string>(TakenSql, new { client = user.Client, id = user.Id, key = user.UserKey, email = user.Email }, cancellationToken);

    public Task<IReadOnlyList<ScimUser>> PageAsync(Session session, ScimUserQuery query, int skip, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<ScimUser>(PageSql, new { query.Client, query.Id, query.UserKey, query.Email, query.ExternalId, query.Active, query.Name, skip, limit }, cancellationToken);

    public Task<long> CountAsync(Session session, ScimUserQuery query, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<long>(CountSql, query, cancellationToken);

    /// <summary>What was written after a revision, deleted ones too, a page at a time.</summary>
    public Task<IReadOnlyList<ScimUser>> SinceAsync(Session session, long revision, (long Revision, string Id) after, int limit, CancellationToken cancellationToken) =>
        session.QueryAsync<ScimUser>(SinceSql, new { revision, afterRevision = after.Revision, afterId = after.Id, limit }, cancellationToken);
}

/// <summary>What a list of users is narrowed to; null: any.</summary>
public sealed record ScimUserQuery(string Client)
{
    public string? Id { get; init; }

    public string? UserKey { get; init; }

    public string? Email { get; init; }

    public string? ExternalId { get; init; }

    public bool? Active { get; init; }

    public string? Name { get; init; }
}
