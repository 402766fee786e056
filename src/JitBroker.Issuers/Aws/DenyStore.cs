using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// What each role must deny, in <c>aws_roles</c> and <c>aws_denials</c>: the truth that the policies at IAM are rendered from, since IAM itself has no way to
/// change a document only if it is still the one that was read. A role's row is the root of the lock, and carries the claim of whoever writes to IAM.
/// </summary>
internal sealed class DenyStore(Database database, EventStore events)
{
    private const string RoleColumns = "id, version, applied, way, older_than, older_until";

    private const string InsertRoleSql = """
        insert into aws_roles (id, version, applied, way)
        values (@id, 0, 0, @way)
            on conflict (id) do nothing
        """;

    private const string LockRoleSql = $"""
        select {RoleColumns}
          from aws_roles
         where id = @id /* pg: for update */
        """;

    private const string UpdateRoleSql = """
        update aws_roles
           set version = @Version,
               way = @Way,
               older_than = @OlderThan,
               older_until = @OlderUntil
         where id = @Id
        """;

    private const string GrantSql = """
        select state, request_id
          from grants
         where id = @grantId
        """;

    private const string InsertDenialSql = """
        insert into aws_denials (role_id, tag, value, grant_id, minted_at, keep_until)
        values (@id, @Tag, @Value, @GrantId, @MintedAt, @KeepUntil)
            on conflict (role_id, tag, value) do nothing
        """;

    private const string StretchDenialSql = """
        update aws_denials
           set keep_until = @KeepUntil
         where role_id = @id
           and tag = @Tag
           and value = @Value
           and keep_until < @KeepUntil
        """;

    private const string DenialsSql = """
          select tag, value, grant_id, minted_at, keep_until
            from aws_denials
           where role_id = @id
        order by tag, value
        """;

    private const string ClaimSql = $"""
           update aws_roles
              set claimed_by = @owner,
                  claimed_until = @until
            where id = @id
              and (claimed_until is null or claimed_until <= @now)
        returning {RoleColumns}
        """;

    private const string AppliedSql = """
        update aws_roles
           set applied = @version,
               claimed_by = null,
               claimed_until = null
         where id = @id
           and claimed_by = @owner
        """;

    private const string LetGoSql = """
        update aws_roles
           set claimed_by = null,
               claimed_until = null
         where id = @id
           and claimed_by = @owner
        """;

    private const string FindRoleSql = $"""
        select {RoleColumns}
          from aws_roles
         where id = @id
        """;

    private const string PruneSql = """
        delete from aws_denials
         where role_id = @id
           and keep_until <= @now
        """;

    private const string CoveredSql = """
        delete from aws_denials
         where role_id = @id
           and minted_at <= @mintedBefore
        """;

    private const string StaleSql = """
          select id
            from aws_roles r
           where (claimed_until is null or claimed_until <= @now)
             and (applied < version or older_until <= @now or exists (select 1 from aws_denials d where d.role_id = r.id and d.keep_until <= @now))
        order by id
           limit @limit
        """;

    private const string SessionsSql = """
        select l.handle
          from leases l
         where l.state = 'active'
           and l.target = @issuer
           and l.expires_at > @now
         union all
        select l.handle
          from aws_denials d
          join leases l on l.grant_id = d.grant_id
         where l.state = 'revoked'
           and l.target = @issuer
           and l.expires_at > @now
        """;

    /// <summary>Stores that a session is over; idempotent. The whole grant is denied when it is over too, and the one lease while it lives on.</summary>
    /// <returns>What was denied, and the version of the role that says so.</returns>
    public Task<(Denial Denial, DeniedRole Role)> DenyAsync(SessionHandle handle, DateTimeOffset keepUntil, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                var id = IdOf(handle);
                var way = WayOf(handle);
                await session.ExecuteAsync(InsertRoleSql, new { id, way }, cancellationToken);
                var role = (await session.FirstOrDefaultAsync<DeniedRole>(LockRoleSql, new { id }, cancellationToken))!;
                var grant = await session.FirstOrDefaultAsync<GrantRow>(GrantSql, new { grantId = handle.GrantId }, cancellationToken);
                var denial = DenialOf(handle, grant?.State, keepUntil);
                var parameters = new { id, denial.Tag, denial.Value, denial.GrantId, denial.MintedAt, denial.KeepUntil };
                var isNew = await session.ExecuteAsync(InsertDenialSql, parameters, cancellationToken) == 1;
                if (!isNew)
                    await session.ExecuteAsync(StretchDenialSql, new { id, denial.Tag, denial.Value, denial.KeepUntil }, cancellationToken);
                else
                    role = await MoveAsync(session, role with { Way = way }, "aws_role.denied", grant?.RequestId, now, new JsonObject { ["tag"] = denial.Tag, ["value"] = denial.Value }, cancellationToken);
                return (denial, role);
            },
            cancellationToken);

    public Task<DeniedRole?> FindAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.FirstOrDefaultAsync<DeniedRole>(FindRoleSql, new { id }, cancellationToken), cancellationToken);

    /// <summary>What is denied as of now, without a claim.</summary>
    public Task<DenyList?> ListAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session => await session.FirstOrDefaultAsync<DeniedRole>(FindRoleSql, new { id }, cancellationToken) is { } role
                ? new DenyList(role, await session.QueryAsync<Denial>(DenialsSql, new { id }, cancellationToken))
                : null,
            cancellationToken);

    /// <summary>
    /// Takes the right to write this role's policies until <paramref name="until"/>, drops what has served its time, and gives what is to be written. Null while
    /// somebody else has it.
    /// </summary>
    public Task<DenyList?> ClaimAsync(string id, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                if (await session.FirstOrDefaultAsync<DeniedRole>(ClaimSql, new { id, owner, now, until }, cancellationToken) is not { } role)
                    return null;
                var pruned = await session.ExecuteAsync(PruneSql, new { id, now }, cancellationToken);
                var lifted = role.OlderUntil <= now ? role.OlderThan : null;
                if (lifted is not null)
                    role = role with { OlderThan = null, OlderUntil = null };
                if (pruned > 0 || lifted is not null)
                    role = await MoveAsync(session, role, "aws_role.pruned", null, now, new JsonObject { ["denials"] = pruned, ["older"] = lifted is not null }, cancellationToken);
                return new DenyList(role, await session.QueryAsync<Denial>(DenialsSql, new { id }, cancellationToken), lifted);
            },
            cancellationToken);

    /// <summary>
    /// Too many for one policy: from now on whatever was issued before <paramref name="older"/> is denied as a whole, and what was minted before
    /// <paramref name="mintedBefore"/> need not be named any more. To be written before those are taken out of the list at IAM.
    /// </summary>
    public Task<DenyList> CutOffAsync(string id, DateTimeOffset older, DateTimeOffset mintedBefore, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async session =>
            {
                var role = (await session.FirstOrDefaultAsync<DeniedRole>(LockRoleSql, new { id }, cancellationToken))!;
                var until = (await session.QueryAsync<Denial>(DenialsSql, new { id }, cancellationToken)).Where(d => d.MintedAt <= mintedBefore).Max(d => (DateTimeOffset?)d.KeepUntil);
                var covered = await session.ExecuteAsync(CoveredSql, new { id, mintedBefore }, cancellationToken);
                role = role with { OlderThan = older, OlderUntil = role.OlderUntil > until ? role.OlderUntil : until };
                role = await MoveAsync(session, role, "aws_role.cut_off", null, now, new JsonObject { ["before"] = Instants.ToText(older), ["denials"] = covered }, cancellationToken);
                return new DenyList(role, await session.QueryAsync<Denial>(DenialsSql, new { id }, cancellationToken));
            },
            cancellationToken);

    /// <summary>Written and read back; lets the claim go.</summary>
    /// <returns>False when the claim had run out and somebody else has it: theirs counts.</returns>
    public Task<bool> AppliedAsync(string id, string owner, int version, CancellationToken cancellationToken) =>
        database.WriteAsync(async session => await session.ExecuteAsync(AppliedSql, new { id, owner, version }, cancellationToken) == 1, cancellationToken);

    public Task LetGoAsync(string id, string owner, CancellationToken cancellationToken) =>
        database.WriteAsync(session => session.ExecuteAsync(LetGoSql, new { id, owner }, cancellationToken), cancellationToken);

    /// <summary>Roles whose policies do not say what they should, or say what need not be said any more.</summary>
    public Task<IReadOnlyList<string>> StaleAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(session => session.QueryAsync<string>(StaleSql, new { now, limit }, cancellationToken), cancellationToken);

    /// <summary>
    /// Sessions got by way of one issuer that are not expired: those in use, and those of ended grants and leases that a role is to deny.
    /// </summary>
    public Task<IReadOnlyList<SessionHandle>> SessionsAsync(string issuer, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<SessionHandle>>(
            async session => [.. (await session.QueryAsync<string>(SessionsSql, new { issuer, now }, cancellationToken)).Distinct(StringComparer.Ordinal).Select(h => SessionHandle.Read(RevocationHandle.FromJson(h))).OfType<SessionHandle>()],
            cancellationToken);

    /// <summary>One role at one IAM.</summary>
    public static string IdOf(SessionHandle handle) => IdOf(handle.Way, handle.Role);

    public static string IdOf(AwsWay way, RoleArn role) => way.Iam.Host.EndsWith(".amazonaws.com", StringComparison.Ordinal) ? role.Text : $"{role.Text} at {way.Iam.Authority}";

    /// <summary>The way of one session's end, as a row keeps it for those who come without one.</summary>
    public static string WayOf(SessionHandle handle)
    {
        var way = handle.Way.Write();
        way["role"] = handle.Role.Text;
        return way.ToJsonString();
    }

    /// <summary>A grant that the database does not know has nobody left who could collect under it.</summary>
    private static Denial DenialOf(SessionHandle handle, string? grantState, DateTimeOffset keepUntil)
    {
        var isOver = grantState is null or "ending" or "ended";
        return new Denial
        {
            Tag = isOver ? SessionNames.GrantTag : SessionNames.LeaseTag,
            Value = isOver ? handle.GrantId : handle.LeaseId,
            GrantId = handle.GrantId,
            MintedAt = Instants.Truncate(handle.MintedAt),
            KeepUntil = Instants.Truncate(keepUntil),
        };
    }

    private async Task<DeniedRole> MoveAsync(Session session, DeniedRole role, string type, string? about, DateTimeOffset now, JsonObject data, CancellationToken cancellationToken)
    {
        var moved = role with { Version = role.Version + 1 };
        await session.ExecuteAsync(UpdateRoleSql, new { moved.Id, moved.Version, moved.Way, moved.OlderThan, moved.OlderUntil }, cancellationToken);
        await events.AppendAsync(session, AuditEvent.BySystem("aws_role", moved.Id, moved.Version, type, now, about, data), cancellationToken);
        return moved;
    }

    private sealed record GrantRow
    {
        public required string State { get; init; }

        public required string RequestId { get; init; }
    }
}
