using System.Text.RegularExpressions;
using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// The roles whose names begin like the broker's (issuers.md §2.1). One is the broker's if its name is that of a lease and its comment says the same lease, as
/// <see cref="CreateRole"/> writes both in one transaction; only superusers and the broker's own role may write such a comment. The set-up's own roles are left out.
/// </summary>
internal sealed partial class ListRoles(SecretLookup secrets) : IListsTarget
{
    private const string Sql = """
          select r.rolname::text, shobj_description(r.oid, 'pg_authid')
            from pg_roles r
           where r.rolname ~* '^jit[_-]'
             and r.rolname <> current_user
        order by 1
        """;

    public string Kind => PostgresIssuer.KindName;

    public async Task<TargetListing> ListAsync(TargetToCheck target, CancellationToken cancellationToken)
    {
        if (!PostgresTerms.TryReadSettings(target.Settings, out var connection, out var heir, out var problem))
            return new TargetListing.Failed(problem);
        if (!PostgresTarget.TryFind(secrets, connection, out var server, out problem))
            return new TargetListing.Failed($"{target.Issuer} cannot be reached: {problem}");
        try
        {
            await using var session = await server.OpenAsync(null, cancellationToken);
            var roles = await session.ReadAsync(Sql, Read, cancellationToken);
            var ofTheSetUp = SetUp(target, heir);
            return new TargetListing.Listed([.. roles.Where(r => !ofTheSetUp.Contains(r.Name))]);
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return new TargetListing.Failed(Trouble.Of(server, "listing its roles", e));
        }
    }

    private static HashSet<string> SetUp(TargetToCheck target, string heir)
    {
        var bundles = target.Entitlements.SelectMany(e => PostgresTerms.TryRead(target.Settings, e.Grants, out var terms, out _) ? terms.Roles : []);
        return [heir, .. bundles];
    }

    private static StandingObject Read(NpgsqlDataReader row)
    {
        var (name, comment) = (row.GetString(0), row.IsDBNull(1) ? "" : row.GetString(1));
        var marked = Mark().Match(comment) is { Success: true } mark ? mark.Groups["lease"].Value : null;
        return new StandingObject(name, marked is not null && RoleHandle.RoleOf(marked) == name ? marked : null, "login role");
    }

    [GeneratedRegex(@"\Ajitbroker lease=(?<lease>[0-9A-Z]{26}) ", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Mark();
}
