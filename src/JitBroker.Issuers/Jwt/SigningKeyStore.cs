using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Storage;

namespace JitBroker.Issuers.Jwt;

/// <summary>The public halves of all replicas' keys, in <c>signing_keys</c>.</summary>
internal sealed class SigningKeyStore(Database database, EventStore events)
{
    // Two replicas that start on an empty table at once must not both be the first of an algorithm. SQLite has one writer anyway.
    private const string LockTableSql = "lock table signing_keys in share row exclusive mode";

    private const string AllSql = """
          select kid, alg, jwk, created_at, signs_from, retired_at
            from signing_keys
        order by created_at, kid
        """;

    private const string InsertSql = """
        insert into signing_keys (kid, alg, jwk, created_at, signs_from)
        values (@Kid, @Alg, @Jwk, @CreatedAt, @SignsFrom)
            on conflict (kid) do nothing
        """;

    public Task<IReadOnlyList<SigningKeyRow>> AllAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.QueryAsync<SigningKeyRow>(AllSql, null, cancellationToken), cancellationToken);

    /// <summary>
    /// Publishes those of <paramref name="keys"/> that are not yet known; idempotent. The first key that an algorithm ever has signs from
    /// <paramref name="now"/> on, as nobody can hold an older JWKS; every other one only after <paramref name="ripening"/>.
    /// </summary>
    /// <returns>All rows, theirs and the other replicas'.</returns>
    public Task<IReadOnlyList<SigningKeyRow>> PublishAsync(IReadOnlyList<Jwk> keys, DateTimeOffset now, TimeSpan ripening, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                if (session.Engine == Engine.Postgres)
                    await session.ExecuteAsync(LockTableSql, null, cancellationToken);
                var known = await session.QueryAsync<SigningKeyRow>(AllSql, null, cancellationToken);
                var algorithms = known.Select(k => k.Alg).ToHashSet(StringComparer.Ordinal);
                foreach (var key in keys.Where(k => known.All(row => row.Kid != k.KeyId)))
                {
                    var signsFrom = algorithms.Add(key.Algorithm) ? now : now + ripening;
                    await InsertAsync(session, key, now, signsFrom, cancellationToken);
                }

                return await session.QueryAsync<SigningKeyRow>(AllSql, null, cancellationToken);
            },
            cancellationToken);

    private async Task InsertAsync(Session session, Jwk key, DateTimeOffset now, DateTimeOffset signsFrom, CancellationToken cancellationToken)
    {
        var row = new { Kid = key.KeyId, Alg = key.Algorithm, Jwk = key.ToJson().ToJsonString(), CreatedAt = now, SignsFrom = signsFrom };
        if (await session.ExecuteAsync(InsertSql, row, cancellationToken) == 0)
            return;
        var data = new JsonObject { ["alg"] = key.Algorithm, ["signsFrom"] = Instants.ToText(signsFrom) };
        await events.AppendAsync(session, AuditEvent.BySystem("signing_key", key.KeyId, 1, "signing_key.published", now, about: null, data), cancellationToken);
    }
}

/// <summary>One public key. Signs in [<c>SignsFrom</c>, <c>RetiredAt</c>); is served and accepted until <c>RetiredAt</c>.</summary>
internal sealed record SigningKeyRow
{
    public required string Kid { get; init; }

    public required string Alg { get; init; }

    public required string Jwk { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset SignsFrom { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }
}
