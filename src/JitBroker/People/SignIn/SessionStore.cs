using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>Rows of sessions.</summary>
public sealed class SessionStore
{
    private const string Columns = "id, version, person, scope, token_hash, started_at, ends_at, ended_at, disowned_at, address, host";

    private const string InsertSql = """
        insert into sessions (id, version, person, scope, token_hash, started_at, ends_at, address, host)
        values (@Id, @Version, @Person, @Scope, @TokenHash, @StartedAt, @EndsAt, @Address, @Host)
        """;

    private const string FindByTokenSql = $"""
        select {Columns}
          from sessions
         where token_hash = @hash
        """;

    private const string FindSql = $"""
        select {Columns}
          from sessions
         where id = @id
        """;

    private const string LockSql = $"""
        select {Columns}
          from sessions
         where id = @id /* pg: for update */
        """;

    private const string LiveSql = """
        select id
          from sessions
         where id = @id
           and ended_at is null
           and ends_at > @now /* pg: for share */
        """;

    private const string LiveOfSql = $"""
          select {Columns}
            from sessions
           where person = @person
             and ended_at is null
             and ends_at > @now
        order by id
           limit 200
        """;

    private const string PeopleSql = """
        select distinct person
          from sessions
         where ended_at is null
           and ends_at > @now
        """;

    private const string EndSql = """
        update sessions
           set ended_at = @EndedAt,
               disowned_at = @DisownedAt,
               version = @Version
         where id = @Id
           and version = @expected
        """;

    private const string PruneSql = """
        delete from sessions
         where id in (
               select id
                 from sessions
                where ends_at < @before
             order by ends_at
                limit @limit)
        """;

    public Task InsertAsync(Session session, PersonSession started, CancellationToken cancellationToken) =>
        session.ExecuteAsync(InsertSql, started, cancellationToken);

    public Task<PersonSession?> FindByTokenAsync(Session session, string hash, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<PersonSession>(FindByTokenSql, new { hash }, cancellationToken);

    public Task<PersonSession?> FindAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<PersonSession>(FindSql, new { id }, cancellationToken);

    /// <summary>Takes the session for this transaction. Locked before any grant, as collecting does.</summary>
    public Task<PersonSession?> LockAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<PersonSession>(LockSql, new { id }, cancellationToken);

    /// <summary>Whether it lives, and cannot be ended before this transaction is over: what it does is then seen by whoever ends it.</summary>
    public async Task<bool> HoldLiveAsync(Session session, string id, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.FirstOrDefaultAsync<string>(LiveSql, new { id, now }, cancellationToken) is not null;

    /// <summary>The live ones of a person, oldest first.</summary>
    public Task<IReadOnlyList<PersonSession>> LiveOfAsync(Session session, string person, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.QueryAsync<PersonSession>(LiveOfSql, new { person, now }, cancellationToken);

    /// <summary>Everybody who has a live one.</summary>
    public Task<IReadOnlyList<string>> PeopleAsync(Session session, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.QueryAsync<string>(PeopleSql, new { now }, cancellationToken);

    /// <summary>Writes the end of a session this transaction has locked.</summary>
    /// <exception cref="InvalidOperationException">The lock was not held: a bug.</exception>
    public async Task EndAsync(Session session, PersonSession ended, CancellationToken cancellationToken)
    {
        var parameters = new { ended.Id, ended.EndedAt, ended.DisownedAt, ended.Version, expected = ended.Version - 1 };
        if (await session.ExecuteAsync(EndSql, parameters, cancellationToken) != 1)
            throw new InvalidOperationException($"Session {ended.Id} was ended without its lock.");
    }

    public Task<int> PruneAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneSql, new { before, limit }, cancellationToken);
}
