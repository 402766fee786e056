using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>Rows of sign-ins and of codes nobody knows. A sign-in's row is locked before it is moved.</summary>
public sealed class SignInStore
{
    private const string Columns = """
        device_code_hash, user_code_hash, state, scope, address, host, created_at, expires_at, person, identity, confirm_id, last_poll_at, poll_interval_s, surface
        """;

    private const string InsertSql = """
        insert into sign_ins (device_code_hash, user_code_hash, state, scope, address, host, created_at, expires_at, poll_interval_s, surface)
        values (@DeviceCodeHash, @UserCodeHash, @State, @Scope, @Address, @Host, @CreatedAt, @ExpiresAt, @PollIntervalS, @Surface)
            on conflict do nothing
        """;

    private const string CountOpenSql = """
        select count(*) as in_all,
               count(case when address = @address then 1 end) as from_there
          from sign_ins
         where expires_at > @now
           and state in ('waiting', 'shown', 'confirmed')
        """;

    private const string LockByUserCodeSql = $"""
        select {Columns}
          from sign_ins
         where user_code_hash = @hash /* pg: for update */
        """;

    private const string LockByConfirmSql = $"""
        select {Columns}
          from sign_ins
         where confirm_id = @id /* pg: for update */
        """;

    private const string LockByDeviceCodeSql = $"""
        select {Columns}
          from sign_ins
         where device_code_hash = @hash /* pg: for update */
        """;

    private const string MoveSql = """
        update sign_ins
           set state = @State,
               person = @Person,
               identity = @Identity,
               confirm_id = @ConfirmId
         where device_code_hash = @DeviceCodeHash
           and state = @from
        """;

    private const string NotePollSql = """
        update sign_ins
           set last_poll_at = @LastPollAt,
               poll_interval_s = @PollIntervalS
         where device_code_hash = @DeviceCodeHash
        """;

    // Transaction-scoped, so that guesses of one person made at the same time are counted one after another. SQLite has one writer anyway.
    private const string LockPersonSql = """
        select 1 /* pg: from (select pg_advisory_xact_lock(7305913, hashtext(@person))) as held */
        """;

    private const string LastMissesSql = """
          select at
            from sign_in_misses
           where person = @person
        order by at desc
           limit 3
        """;

    private const string InsertMissSql = """
        insert into sign_in_misses (id, person, at)
        values (@id, @person, @at)
        """;

    private const string PruneSql = """
        delete from sign_ins
         where device_code_hash in (
               select device_code_hash
                 from sign_ins
                where expires_at < @before
             order by expires_at
                limit @limit)
        """;

    private const string PruneMissesSql = """
        delete from sign_in_misses
         where id in (
               select id
                 from sign_in_misses
                where at < @before
             order by at
                limit @limit)
        """;

    /// <returns>False when another has the same code, which is as good as impossible; nothing was written then.</returns>
    public async Task<bool> InsertAsync(Session session, SignIn signIn, CancellationToken cancellationToken) =>
        await session.ExecuteAsync(InsertSql, signIn, cancellationToken) == 1;

    public async Task<OpenSignIns> CountOpenAsync(Session session, string address, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await session.FirstOrDefaultAsync<OpenSignIns>(CountOpenSql, new { address, now }, cancellationToken))!;

    public Task<SignIn?> LockByUserCodeAsync(Session session, string hash, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<SignIn>(LockByUserCodeSql, new { hash }, cancellationToken);

    public Task<SignIn?> LockByConfirmAsync(Session session, string id, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<SignIn>(LockByConfirmSql, new { id }, cancellationToken);

    public Task<SignIn?> LockByDeviceCodeAsync(Session session, string hash, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<SignIn>(LockByDeviceCodeSql, new { hash }, cancellationToken);

    /// <summary>Moves a sign-in this transaction has locked.</summary>
    /// <exception cref="InvalidOperationException">The lock was not held: a bug.</exception>
    public async Task MoveAsync(Session session, SignIn before, SignIn after, CancellationToken cancellationToken)
    {
        var parameters = new { after.DeviceCodeHash, after.State, after.Person, after.Identity, after.ConfirmId, from = before.State };
        if (await session.ExecuteAsync(MoveSql, parameters, cancellationToken) != 1)
            throw new InvalidOperationException($"A sign-in was moved from {before.State} to {after.State} without its lock.");
    }

    public Task NotePollAsync(Session session, SignIn polled, CancellationToken cancellationToken) =>
        session.ExecuteAsync(NotePollSql, polled, cancellationToken);

    /// <summary>Until the transaction ends nobody else's try by this person is looked at.</summary>
    public Task LockPersonAsync(Session session, string person, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<int>(LockPersonSql, new { person }, cancellationToken);

    /// <summary>The last three, newest first.</summary>
    public Task<IReadOnlyList<DateTimeOffset>> LastMissesAsync(Session session, string person, CancellationToken cancellationToken) =>
        session.QueryAsync<DateTimeOffset>(LastMissesSql, new { person }, cancellationToken);

    public Task InsertMissAsync(Session session, string person, DateTimeOffset at, CancellationToken cancellationToken) =>
        session.ExecuteAsync(InsertMissSql, new { id = Ids.New(at), person, at }, cancellationToken);

    public Task<int> PruneAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneSql, new { before, limit }, cancellationToken);

    public Task<int> PruneMissesAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneMissesSql, new { before, limit }, cancellationToken);
}

/// <summary>How many sign-ins are under way, and how many of them from one address.</summary>
public sealed record OpenSignIns
{
    public required long InAll { get; init; }

    public required long FromThere { get; init; }
}
