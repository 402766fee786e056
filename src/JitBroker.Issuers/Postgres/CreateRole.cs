using System.Globalization;
using JitBroker.Issuing;
using JitBroker.Storage;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Mints: one transaction makes the role with its verifier, end, limit, memberships and comment. Before it everything is looked at that would make the
/// end mean less than it says: the heir, the bundle roles.
/// </summary>
internal sealed class CreateRole(PostgresTarget target, IssueOrder order, PostgresTerms terms, DateTimeOffset until)
{
    // Nothing of this may run long after the broker gave up, e.g. when a broken network heals: the end may have been verified by then.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _role = RoleHandle.RoleOf(order.LeaseId);
    private readonly ScramVerifier _secret = ScramVerifier.New();

    private string RoleName => Quoted.Name(_role);

    public async Task<MintOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await target.OpenAsync(null, cancellationToken);
            if (await ObjectionAsync(session, cancellationToken) is { } objection)
                return new MintOutcome.Refused(objection);
            return await MakeAsync(session, isRepair: false, cancellationToken);
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            var why = Trouble.Of(target, $"making role {_role}", e);
            var obstacle = Trouble.ObstacleOf(e);
            return Trouble.IsPassing(e) || obstacle == Obstacle.Denied ? new MintOutcome.Unavailable(why, obstacle) : new MintOutcome.Refused(why);
        }
    }

    private async Task<string?> ObjectionAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        if (session.Version < BrokerPowers.OldestVersion)
            return $"No role is made at {target}: it is PostgreSQL {session.Version}, and before {BrokerPowers.OldestVersion} a role may give itself to others.";
        var objections = await Heir.ObjectionsAsync(session, terms.Heir, cancellationToken);
        if (objections.Count == 0)
            objections = await Bundles.ObjectionsAsync(session, terms.Roles, cancellationToken);
        if (objections.Count > 0)
            return $"No role is made for {order.Entitlement} at {target}: {string.Join(" ", objections)} Ask the platform team.";
        return await session.HoldsAsync($"select datallowconn from pg_database where datname = {Quoted.Text(terms.Database)}", cancellationToken)
            ? null
            : $"No role is made for {order.Entitlement}: {target} has no database {terms.Database} that takes connections. Ask the platform team.";
    }

    private async Task<MintOutcome> MakeAsync(PostgresSession session, bool isRepair, CancellationToken cancellationToken)
    {
        var deadline = (await session.TextsAsync($"select (clock_timestamp() + interval '{Patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s')::text", cancellationToken))[0];
        await using var transaction = await session.BeginAsync(cancellationToken);
        try
        {
            await session.ExecuteAsync(Statements(session, deadline, isRepair), cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateObject && !isRepair)
        {
            await transaction.RollbackAsync(cancellationToken);
            return await RepairAsync(session, cancellationToken);
        }

        if (!await session.HoldsAsync($"has_database_privilege({Quoted.Text(_role)}, {Quoted.Text(terms.Database)}, 'connect')", cancellationToken))
            return new MintOutcome.Refused($"The roles of {order.Entitlement} may not connect to {terms.Database} at {target}. Its owner has to grant connect on database {terms.Database} to one of {string.Join(", ", terms.Roles)}.");
        await transaction.CommitAsync(cancellationToken);
        return new MintOutcome.Minted(Credential());
    }

    /// <summary>A mint of this very lease was there before and its secret is lost: it gets a new one, unless its end has begun.</summary>
    private async Task<MintOutcome> RepairAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var isOurs = await session.HoldsAsync(
            $"select rolcanlogin and shobj_description(oid, 'pg_authid') like {Quoted.Text($"jitbroker lease={order.LeaseId} %")} from pg_roles where rolname = {Quoted.Text(_role)}", cancellationToken);
        return isOurs
            ? await MakeAsync(session, isRepair: true, cancellationToken)
            : new MintOutcome.Unavailable($"A role {_role} stands at {target} that was not made for this lease, or whose end has begun. Collect again.", Obstacle.Conflict);
    }

    /// <summary>The division by zero is the deadline: it works without plpgsql and undoes the transaction.</summary>
    private string Statements(PostgresSession session, string deadline, bool isRepair)
    {
        var memberships = string.Join(", ", terms.Roles.Select(Quoted.Name));
        var body = string.Create(
            CultureInfo.InvariantCulture,
            $"role {RoleName} with login connection limit {terms.ConnectionLimit} password {Quoted.Text(_secret.Verifier)} valid until {Quoted.Text(Instants.ToText(until))}");
        // Only a superuser may alter the other attributes, even to what they are.
        var make = isRepair ? $"alter {body}" : $"create {body} inherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls";
        var inRole = isRepair || session.Is16 ? "" : $" in role {memberships}";
        // SET FALSE: what the holder makes belongs to the holder's own role, and so is found and handed over at the end.
        var grant = session.Is16 ? $"grant {memberships} to {RoleName} with inherit true, set false;" : isRepair ? $"grant {memberships} to {RoleName};" : "";
        return $"""
            select 1 / (clock_timestamp() < {Quoted.Text(deadline)}::timestamptz)::int;
            {make}{inRole};
            comment on role {RoleName} is {Quoted.Text($"jitbroker lease={order.LeaseId} grant={order.GrantId} holder={order.Holder}")};
            {grant}
            """;
    }

    private Credential Credential() => PostgresCredential.Of(target, terms.Database, _role, _secret.Password);
}
