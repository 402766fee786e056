using JitBroker.Storage;

namespace JitBroker.Catalog;

/// <summary>A catalog that came into force, last at <c>AcceptedAt</c>. The newest is in force on every replica.</summary>
public sealed record AcceptedCatalog
{
    public required string Hash { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset AcceptedAt { get; init; }
}

/// <summary>A catalog that the brake holds until an admin accepts it.</summary>
public sealed record ProposedCatalog
{
    public required string Hash { get; init; }

    public required string Text { get; init; }

    public required DateTimeOffset ProposedAt { get; init; }
}

/// <summary>Catalogs that were in force and such that wait. What is in force is a fact of the database, the same for every replica.</summary>
public sealed class CatalogStore
{
    private const string CurrentHashSql = """
          select hash
            from catalogs
        order by accepted_at desc
           limit 1
        """;

    private const string CurrentSql = """
          select hash, text, accepted_at
            from catalogs
        order by accepted_at desc
           limit 1
        """;

    private const string BeginningSql = """
          select hash, text, accepted_at
            from catalogs
           where hash like @pattern
        order by hash
           limit 2
        """;

    private const string ProposedBeginningSql = """
          select hash, text, proposed_at
            from catalog_proposals
           where hash like @pattern
        order by hash
           limit 2
        """;

    private const string ProposalsSql = """
          select hash, text, proposed_at
            from catalog_proposals
        order by proposed_at desc, hash
           limit 10
        """;

    private const string StoreSql = """
        insert into catalogs (hash, text, accepted_at)
        values (@Hash, @Text, @at)
            on conflict (hash) do update
           set accepted_at = excluded.accepted_at
        """;

    private const string ProposeSql = """
        insert into catalog_proposals (hash, text, proposed_at)
        values (@Hash, @Text, @now)
            on conflict (hash) do nothing
        """;

    private const string WithdrawSql = """
        delete from catalog_proposals
         where hash = @hash
        """;

    private const string PruneSql = """
        delete from catalog_proposals
         where hash in (
               select hash
                 from catalog_proposals
                where proposed_at < @before
                limit @limit)
        """;

    public Task<string?> CurrentHashAsync(Session session, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<string>(CurrentHashSql, null, cancellationToken);

    /// <summary>Null before the first start.</summary>
    public Task<AcceptedCatalog?> CurrentAsync(Session session, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<AcceptedCatalog>(CurrentSql, null, cancellationToken);

    /// <summary>Those that were in force once and whose hash begins so; two at most.</summary>
    /// <param name="prefix">Hexadecimal digits.</param>
    public Task<IReadOnlyList<AcceptedCatalog>> BeginningAsync(Session session, string prefix, CancellationToken cancellationToken) =>
        session.QueryAsync<AcceptedCatalog>(BeginningSql, new { pattern = prefix + "%" }, cancellationToken);

    /// <summary>Those that wait and whose hash begins so; two at most.</summary>
    /// <param name="prefix">Hexadecimal digits.</param>
    public Task<IReadOnlyList<ProposedCatalog>> ProposedBeginningAsync(Session session, string prefix, CancellationToken cancellationToken) =>
        session.QueryAsync<ProposedCatalog>(ProposedBeginningSql, new { pattern = prefix + "%" }, cancellationToken);

    /// <summary>Those that wait, newest first; ten at most.</summary>
    public Task<IReadOnlyList<ProposedCatalog>> ProposalsAsync(Session session, CancellationToken cancellationToken) =>
        session.QueryAsync<ProposedCatalog>(ProposalsSql, null, cancellationToken);

    /// <param name="at">Later than that of every other one: it decides what is in force.</param>
    public Task StoreAsync(Session session, CatalogSnapshot catalog, DateTimeOffset at, CancellationToken cancellationToken) =>
        session.ExecuteAsync(StoreSql, new { catalog.Hash, catalog.Text, at }, cancellationToken);

    /// <returns>False when it waits already.</returns>
    public async Task<bool> ProposeAsync(Session session, CatalogSnapshot catalog, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(ProposeSql, new { catalog.Hash, catalog.Text, now }, cancellationToken) == 1;

    public Task WithdrawAsync(Session session, string hash, CancellationToken cancellationToken) =>
        session.ExecuteAsync(WithdrawSql, new { hash }, cancellationToken);

    /// <returns>How many were removed, at most <paramref name="limit"/>.</returns>
    public Task<int> PruneAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneSql, new { before, limit }, cancellationToken);
}
