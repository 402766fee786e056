using JitBroker.Storage;

namespace JitBroker.Reconciling;

/// <summary>Rows of reconciliations, one per issuer. Who looks has claimed the row; of two replicas one does.</summary>
public sealed class ReconciliationStore
{
    private const string Columns = "issuer, version, due_at, looked_at, looked_by, dry_run, result";

    private const string EnsureSql = """
        insert into reconciliations (issuer, version, due_at, dry_run)
        values (@issuer, 0, @now, @dryRun)
            on conflict (issuer) do nothing
        """;

    private const string ClaimSql = $"""
           update reconciliations
              set claimed_by = @owner,
                  claimed_until = @until
            where issuer = @issuer
              and (@evenBefore or due_at <= @now)
              and (claimed_until is null or claimed_until <= @now)
        returning {Columns}
        """;

    private const string SaveSql = """
        update reconciliations
           set version = @Version,
               due_at = @DueAt,
               looked_at = @LookedAt,
               looked_by = @LookedBy,
               dry_run = @DryRun,
               result = @Result,
               claimed_by = null,
               claimed_until = null
         where issuer = @Issuer
           and claimed_by = @owner
           and claimed_until = @until
        """;

    private const string AllSql = $"""
          select {Columns}
            from reconciliations
        order by issuer
        """;

    /// <summary>Claims the look at one issuer, if it is due (or <paramref name="evenBefore"/> it is) and nobody else is looking.</summary>
    /// <returns>The latest look, or null when it is not to be had.</returns>
    public async Task<Reconciliation?> ClaimAsync(
        Session session, string issuer, string owner, DateTimeOffset now, DateTimeOffset until, bool evenBefore, CancellationToken cancellationToken)
    {
        await session.WriteAsync(EnsureSql, new { issuer, now, dryRun = false }, cancellationToken);
        return await session.FirstOrDefaultAsync<Reconciliation>(ClaimSql, new { issuer, owner, now, until, evenBefore }, cancellationToken);
    }

    /// <summary>Writes a look down and lets the claim go.</summary>
    /// <returns>False when the claim had run out and somebody else has looked, or does.</returns>
    public async Task<bool> SaveAsync(Session session, Reconciliation after, string owner, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var parameters = new { after.Issuer, after.Version, after.DueAt, after.LookedAt, after.LookedBy, after.DryRun, after.Result, owner, until };
        return await session.ExecuteAsync(SaveSql, parameters, cancellationToken) == 1;
    }

    public Task<IReadOnlyList<Reconciliation>> AllAsync(Session session, CancellationToken cancellationToken) =>
        session.QueryAsync<Reconciliation>(AllSql, null, cancellationToken);
}
