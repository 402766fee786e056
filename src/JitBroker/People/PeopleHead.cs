using JitBroker.Storage;

namespace JitBroker.People;

/// <summary>
/// The one row that counts every change of people, groups and accounts beside the catalog. Whoever counts it up holds it until the end of the transaction and is alone in
/// writing about them, so the revisions that others see are in the order of the commits and none is skipped.
/// </summary>
public sealed class PeopleHead
{
    private const string NextSql = """
           update people_head
              set revision = revision + 1
            where id = 1
        returning revision
        """;

    private const string CurrentSql = """
        select revision
          from people_head
         where id = 1
        """;

    /// <summary>Takes the lock. The revision for the rows that this transaction writes.</summary>
    public Task<long> NextAsync(Session session, CancellationToken cancellationToken) => session.FirstOrDefaultAsync<long>(NextSql, null, cancellationToken);

    public Task<long> CurrentAsync(Session session, CancellationToken cancellationToken) => session.FirstOrDefaultAsync<long>(CurrentSql, null, cancellationToken);
}
