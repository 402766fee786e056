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
          select kid, alg, jwk, created_at, signs_from, signs_until, retired_at
            from signing_keys
        order by created_at, kid
        """;

    private const string InsertSql = """
        insert into signing_keys (kid, alg, jwk, created_at, signs_from, signs_until, retired_at)
        values (@Kid, @Alg, @Jwk, @CreatedAt, @SignsFrom, @SignsUntil, @RetiredAt)
            on conflict (kid) do nothing
        """;

    private const string SupersedeSql = """
        update signing_keys
           set signs_until = @signsUntil,
               retired_at = @retiredAt
         where kid = @Kid
        """;

    private const string VersionSql = """
        select count(*)
          from events
         where aggregate_id = @Kid
        """;

    public Task<IReadOnlyList<SigningKeyRow>> AllAsync(CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.QueryAsync<SigningKeyRow>(AllSql, null, cancellationToken), cancellationToken);

    /// <summary>
    /// Publishes those of <paramref name="keys"/>, one replica's, that are not yet known, and says of each that has a newer one when it stops signing; idempotent.
    /// The first key that an algorithm ever has signs from <paramref name="now"/> on, as nobody can hold an older JWKS; every other one only after
    /// <paramref name="ripening"/>.
    /// </summary>
    /// <returns>All rows, theirs and the other replicas'.</returns>
    public Task<IReadOnlyList<SigningKeyRow>> PublishAsync(IReadOnlyList<Jwk> keys, DateTimeOffset now, TimeSpan ripening, KeyLife life, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                if (session.Engine == Engine.Postgres)
                    await session.ExecuteAsync(LockTableSql, null, cancellationToken);
                var known = await session.QueryAsync<SigningKeyRow>(AllSql, null, cancellationToken);
                var algorithms = known.Select(k => k.Alg).ToHashSet(StringComparer.Ordinal);
                foreach (var key in keys.Where(k => known.All(row => row.Kid != k.KeyId)))
                    await InsertAsync(session, key, now, algorithms.Add(key.Algorithm) ? now : now + ripening, life, cancellationToken);
                var own = keys.Select(k => k.KeyId).ToHashSet(StringComparer.Ordinal);
                await SupersedeAsync(session, [.. (await session.QueryAsync<SigningKeyRow>(AllSql, null, cancellationToken)).Where(r => own.Contains(r.Kid))], now, cancellationToken);
                return await session.QueryAsync<SigningKeyRow>(AllSql, null, cancellationToken);
            },
            cancellationToken);

    private async Task InsertAsync(Session session, Jwk key, DateTimeOffset now, DateTimeOffset signsFrom, KeyLife life, CancellationToken cancellationToken)
    {
        var signsUntil = life.SignsUntil(signsFrom);
        var retiredAt = KeyLife.RetiredAt(signsUntil);
        var row = new { Kid = key.KeyId, Alg = key.Algorithm, Jwk = key.ToJson().ToJsonString(), CreatedAt = now, SignsFrom = signsFrom, SignsUntil = signsUntil, RetiredAt = retiredAt };
        if (await session.ExecuteAsync(InsertSql, row, cancellationToken) == 0)
            return;
        var data = new JsonObject { ["alg"] = key.Algorithm, ["signsFrom"] = Instants.ToText(signsFrom), ["signsUntil"] = Instants.ToText(signsUntil), ["retiredAt"] = Instants.ToText(retiredAt) };
        await events.AppendAsync(session, AuditEvent.BySystem("signing_key", key.KeyId, 1, "signing_key.published", now, about: null, data), cancellationToken);
    }

    /// <summary>Each of one replica's keys signs until the next is ripe. A bound only ever moves nearer.</summary>
    private async Task SupersedeAsync(Session session, IReadOnlyList<SigningKeyRow> own, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var ofOne in own.GroupBy(r => r.Alg, StringComparer.Ordinal))
        {
            var inOrder = ofOne.OrderBy(r => r.SignsFrom).ThenBy(r => r.CreatedAt).ToList();
            foreach (var (row, next) in inOrder.Zip(inOrder.Skip(1)))
                if (row.SignsFrom < next.SignsFrom && !(row.SignsUntil <= next.SignsFrom))
                    await SupersedeAsync(session, row, next.SignsFrom, now, cancellationToken);
        }
    }

    private async Task SupersedeAsync(Session session, SigningKeyRow row, DateTimeOffset signsUntil, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var last = KeyLife.RetiredAt(signsUntil);
        var retiredAt = row.RetiredAt < last ? row.RetiredAt.Value : last;
        await session.ExecuteAsync(SupersedeSql, new { row.Kid, signsUntil, retiredAt }, cancellationToken);
        var version = (int)await session.FirstOrDefaultAsync<long>(VersionSql, new { row.Kid }, cancellationToken) + 1;
        var data = new JsonObject { ["signsUntil"] = Instants.ToText(signsUntil), ["retiredAt"] = Instants.ToText(retiredAt) };
        await events.AppendAsync(session, AuditEvent.BySystem("signing_key", row.Kid, version, "signing_key.superseded", now, about: null, data), cancellationToken);
    }
}

/// <summary>One public key. Signs in [<c>SignsFrom</c>, <c>SignsUntil</c>); is served and accepted until <c>RetiredAt</c>. Null: no such bound.</summary>
internal sealed record SigningKeyRow
{
    public required string Kid { get; init; }

    public required string Alg { get; init; }

    public required string Jwk { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset SignsFrom { get; init; }

    public DateTimeOffset? SignsUntil { get; init; }

    public DateTimeOffset? RetiredAt { get; init; }

    public bool SignsAfter(DateTimeOffset now) => !(SignsUntil <= now) && !(RetiredAt <= now);
}
