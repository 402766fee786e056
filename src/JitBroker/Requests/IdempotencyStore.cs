using JitBroker.Storage;

namespace JitBroker.Requests;

/// <summary>What was answered under one idempotency key of one person, method and path.</summary>
public sealed record IdempotencyKey
{
    public required string Person { get; init; }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public required string Key { get; init; }

    /// <summary>SHA-256 of the body, lower-case hex.</summary>
    public required string BodyHash { get; init; }

    /// <summary><c>running</c> or <c>done</c>.</summary>
    public string State { get; init; } = "running";

    public int? Status { get; init; }

    public string? Answer { get; init; }

    public string? Location { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>After it a key whose call died may be used again.</summary>
    public required DateTimeOffset RunningUntil { get; init; }
}

/// <summary>
/// Rows of idempotency keys (contract §4). A key is taken before the call, in a transaction of its own, and answered in the transaction of the effect.
/// </summary>
public sealed class IdempotencyStore
{
    private const string TakeSql = """
        insert into idempotency_keys (person, method, path, key, body_hash, state, created_at, running_until)
        values (@Person, @Method, @Path, @Key, @BodyHash, 'running', @CreatedAt, @RunningUntil)
            on conflict (person, method, path, key) do update
           set body_hash = excluded.body_hash,
               state = 'running',
               status = null,
               answer = null,
               location = null,
               created_at = excluded.created_at,
               running_until = excluded.running_until
         where (idempotency_keys.state = 'running' and idempotency_keys.running_until <= excluded.created_at)
            or idempotency_keys.created_at <= @oldest
        """;

    private const string FindSql = """
        select person, method, path, key, body_hash, state, status, answer, location, created_at, running_until
          from idempotency_keys
         where person = @Person
           and method = @Method
           and path = @Path
           and key = @Key
        """;

    private const string AnswerSql = """
        update idempotency_keys
           set state = 'done',
               status = @status,
               answer = @answer,
               location = @location
         where person = @Person
           and method = @Method
           and path = @Path
           and key = @Key
           and state = 'running'
           and created_at = @CreatedAt
        """;

    private const string ReleaseSql = """
        delete from idempotency_keys
         where person = @Person
           and method = @Method
           and path = @Path
           and key = @Key
           and state = 'running'
           and created_at = @CreatedAt
        """;

    private const string PruneSql = """
        delete from idempotency_keys
         where (person, method, path, key) in (
               select person, method, path, key
                 from idempotency_keys
                where created_at < @before
             order by created_at
                limit @limit)
        """;

    /// <summary>How long an answer is kept.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <returns>True when the key is this call's; false when another call has it or had it, see <see cref="FindAsync"/>.</returns>
    public async Task<bool> TakeAsync(Session session, IdempotencyKey key, CancellationToken cancellationToken)
    {
        var parameters = new { key.Person, key.Method, key.Path, key.Key, key.BodyHash, key.CreatedAt, key.RunningUntil, oldest = key.CreatedAt - KeptFor };
        return await session.ExecuteAsync(TakeSql, parameters, cancellationToken) == 1;
    }

    public Task<IdempotencyKey?> FindAsync(Session session, IdempotencyKey key, CancellationToken cancellationToken) =>
        session.FirstOrDefaultAsync<IdempotencyKey>(FindSql, key, cancellationToken);

    /// <summary>Stores the answer, in the transaction of the effect.</summary>
    /// <exception cref="InvalidOperationException">The key was taken over meanwhile, so the effect must not be committed.</exception>
    public async Task AnswerAsync(Session session, IdempotencyKey key, int status, string answer, string? location, CancellationToken cancellationToken)
    {
        var parameters = new { key.Person, key.Method, key.Path, key.Key, key.CreatedAt, status, answer, location };
        if (await session.ExecuteAsync(AnswerSql, parameters, cancellationToken) != 1)
            throw new InvalidOperationException("The idempotency key was taken over by another call.");
    }

    /// <summary>The call came to nothing: the key is free again.</summary>
    public Task ReleaseAsync(Session session, IdempotencyKey key, CancellationToken cancellationToken) =>
        session.ExecuteAsync(ReleaseSql, key, cancellationToken);

    public Task<int> PruneAsync(Session session, DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        session.ExecuteAsync(PruneSql, new { before = now - KeptFor, limit }, cancellationToken);
}
