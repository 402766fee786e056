using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>Rows of linked accounts. Written under <see cref="PeopleHead"/>'s lock only.</summary>
public sealed class IdentityStore
{
    private const string Columns = "id, version, surface, tenant, account, person, how, linked_at, unlinked_at, unlinked_by, revision";

    private const string InsertSql = $"""
        insert into identities ({Columns})
        values (@Id, @Version, @Surface, @Tenant, @Account, @Person, @How, @LinkedAt, @UnlinkedAt, @UnlinkedBy, @Revision)
            on conflict (surface, tenant, account) where unlinked_at is null do nothing
        """;

    private const string UnlinkSql = """
        update identities
           set version = @Version,
               unlinked_at = @UnlinkedAt,
               unlinked_by = @UnlinkedBy,
               revision = @Revision
         where id = @Id
           and version = @expected
        """;

    private const string FindByIdSql = $"""
        select {Columns}
          from identities
         where id = @id
        """;

    private const string CountSql = """
        select count(*)
          from identities
         where surface = @Surface
           and tenant = @Tenant
           and account = @Id
        """;

    private const string SinceSql = $"""
          select {Columns}
            from identities
           where revision > @revision
        order by revision, id
        """;

    /// <returns>False: the account is linked already, whoever to.</returns>
    public async Task<bool> InsertAsync(Session session, LinkedIdentity linked, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertSql, linked, cancellationToken) == 1;

    public Task UnlinkAsync(Session session, LinkedIdentity unlinked, CancellationToken cancellationToken) =>
        session.WriteOneAsync(
            UnlinkSql,
            new { unlinked.Id, unlinked.Version, unlinked.UnlinkedAt, unlinked.UnlinkedBy, unlinked.Revision, expected = unlinked.Version - 1 },
            $"Identity {unlinked.Id} was unlinked without the lock.",
            cancellationToken);

    public Task<LinkedIdentity?> FindByIdAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<LinkedIdentity>(FindByIdSql, new { id }, cancellationToken);

    /// <summary>Whether the account is linked or ever was.</summary>
    public async Task<bool> WasLinkedAsync(Session session, Identity account, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<long>(CountSql, account, cancellationToken) > 0;

    public Task<IReadOnlyList<LinkedIdentity>> SinceAsync(Session session, long revision, CancellationToken cancellationToken) =>
        session.QueryAsync<LinkedIdentity>(SinceSql, new { revision }, cancellationToken);
}
