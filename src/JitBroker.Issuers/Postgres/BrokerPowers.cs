using System.Globalization;
using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>What the broker's own role has, lacks, and has too much of.</summary>
internal static class BrokerPowers
{
    public const int OldestVersion = 15;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<TargetFinding>> FindAsync(PostgresSession session, string heir, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (session.Version < OldestVersion)
            return [new TargetFinding(true, $"This is PostgreSQL {session.Version}; before {OldestVersion} a role may give itself to others.", $"Upgrade to {OldestVersion} or later.")];
        var facts = (await session.ReadAsync(FactsSql, Read, cancellationToken))[0];
        List<TargetFinding> findings = [.. OfRole(facts), .. OfClock(facts.Clock - now)];
        var objections = await Heir.ObjectionsAsync(session, heir, cancellationToken);
        findings.AddRange(objections.Select(o => new TargetFinding(true, o, $"create role {Quoted.Name(heir)} nologin; and give it nothing, and to nobody but the broker's role.")));
        if (!objections.Any(o => o.EndsWith("does not exist.", StringComparison.Ordinal)) && !await MayGiveAsync(session, heir, cancellationToken))
            findings.Add(new TargetFinding(true, $"The broker's role may not hand anything over to {heir}.", $"grant {Quoted.Name(heir)} to {Quoted.Name(facts.Name)}{AdminOnly(session)};"));
        return findings;
    }

    /// <summary>Up to 15 CREATEROLE may give every role but superusers; from 16 on it takes the ADMIN option.</summary>
    public static Task<bool> MayGiveAsync(PostgresSession session, string role, CancellationToken cancellationToken) => session.HoldsAsync(
        session.Is16
            ? $"pg_has_role(current_user, {Quoted.Text(role)}, 'member with admin option')"
            : $"pg_has_role(current_user, {Quoted.Text(role)}, 'member with admin option') or (select b.rolcreaterole and not r.rolsuper from pg_roles b, pg_roles r where b.rolname = current_user and r.rolname = {Quoted.Text(role)})",
        cancellationToken);

    public static string AdminOnly(PostgresSession session) => session.Is16 ? " with admin true, inherit false, set false" : " with admin option";

    /// <summary>Quoted.</summary>
    public static async Task<string> NameAsync(PostgresSession session, CancellationToken cancellationToken) =>
        (await session.TextsAsync("select quote_ident(current_user::text)", cancellationToken))[0];

    private static IEnumerable<TargetFinding> OfRole(Facts facts)
    {
        var name = Quoted.Name(facts.Name);
        if (facts.IsSuperuser)
            yield return new TargetFinding(false, $"The broker's role {facts.Name} is a superuser, which is more than it needs.", "Give it what the issuer's README lists, and nosuperuser.");
        if (facts.IsSuperuser)
            yield break;
        if (!facts.MakesRoles)
            yield return new TargetFinding(true, $"The broker's role {facts.Name} may not make roles.", $"alter role {name} createrole;");
        if (!facts.Signals)
            yield return new TargetFinding(true, $"The broker's role {facts.Name} may not cut a session that outlives its role.", $"grant pg_signal_backend to {name};");
    }

    private static IEnumerable<TargetFinding> OfClock(TimeSpan ahead)
    {
        if (ahead.Duration() > ClockTolerance)
            yield return new TargetFinding(
                true,
                string.Create(CultureInfo.InvariantCulture, $"The server's clock is {ahead.TotalSeconds:0} s ahead of the broker's, so VALID UNTIL stops logins that much too {(ahead > TimeSpan.Zero ? "early" : "late")}."),
                "Set both by NTP.");
    }

    private const string FactsSql = """
        select rolname::text, rolsuper, rolcreaterole, pg_has_role(current_user, 'pg_signal_backend', 'usage'), clock_timestamp()
          from pg_roles
         where rolname = current_user
        """;

    private static Facts Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetBoolean(1), row.GetBoolean(2), row.GetBoolean(3), new DateTimeOffset(row.GetDateTime(4)));

    private sealed record Facts(string Name, bool IsSuperuser, bool MakesRoles, bool Signals, DateTimeOffset Clock);
}
