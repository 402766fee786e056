using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>Rows of linkings under way. A row is locked before it is moved.</summary>
public sealed class LinkStore
{
    private const string Columns = "id, version, code_hash, state, person, via, address, host, surface, tenant, account, label, created_at, typed_at, expires_at";

    private const string InsertSql = $"""
        insert into links ({Columns})
        values (@Id, @Version, @CodeHash, @State, @Person, @Via, @Address, @Host, @Surface, @Tenant, @Account, @Label, @CreatedAt, @TypedAt, @ExpiresAt)
            on conflict do nothing
        """;

    private const string CountOpenSql = """
        select count(*)
          from links
         where expires_at > @now
           and state = 'shown'
           and coalesce(person, '') = coalesce(@person, '')
           and coalesce(account, '') = coalesce(@account, '')
        """;

    private const string LockByCodeSql = $"""
        select {Columns}
          from links
         where code_hash = @hash /* pg: for update */
        """;

    private const string LockSql = $"""
        select {Columns}
          from links
         where id = @id /* pg: for update */
        """;

    private const string FindSql = $"""
        select {Columns}
          from links
         where id = @id
        """;

    private const string MoveSql = """
        update links
           set version = @Version,
               state = @State,
               person = @Person,
               via = @Via,
               address = @Address,
               host = @Host,
               surface = @Surface,
               tenant = @Tenant,
               account = @Account,
               label = @Label,
               typed_at = @TypedAt
         where id = @Id
           and version = @expected
        """;

    private const string PruneSql = """
        delete from links
         where id in (
               select id
                 from links
                where expires_at < @before
             order by expires_at
                limit @limit)
        """;

    /// <returns>False when another has the same code, which is as good as impossible; nothing was written then.</returns>
    public async Task<bool> InsertAsync(Session session, Link link, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertSql, link, cancellationToken) == 1;

    /// <summary>How many codes one side has shown that nobody has typed yet.</summary>
    public Task<long> CountOpenAsync(Session session, string? person, string? account, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<long>(CountOpenSql, new { person, account, now }, cancellationToken);

    public Task<Link?> LockByCodeAsync(Session session, string hash, CancellationToken cancellationToken) => session.FirstOrDefaultAsync<Link>(LockByCodeSql, new { hash }, cancellationToken);

    public Task<Link?> LockAsync(Session session, string id, CancellationToken cancellationToken) => session.FirstOrDefaultAsync<Link>(LockSql, new { id }, cancellationToken);

    public Task<Link?> FindAsync(Session session, string id, CancellationToken cancellationToken) => session.FirstOrDefaultAsync<Link>(FindSql, new { id }, cancellationToken);

    /// <summary>Moves a row this transaction has locked; writes what follows on version - 1.</summary>
    public Task MoveAsync(Session session, Link link, CancellationToken cancellationToken) => session.WriteOneAsync(
        MoveSql,
        new
        {
            link.Id, link.Version, link.State, link.Person, link.Via, link.Address, link.Host, link.Surface, link.Tenant, link.Account, link.Label, link.TypedAt, expected = link.Version - 1,
        },
        $"Link {link.Id} was moved without its lock.",
        cancellationToken);

    public Task<int> PruneAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) => session.ExecuteAsync(PruneSql, new { before, limit }, cancellationToken);
}
