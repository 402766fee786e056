using JitBroker.Issuing;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// What would keep this server from minting and ending as the catalog promises, as one who sets it up wants to hear it: what lacks, why it is needed, the
/// SQL that mends it. Looks only.
/// </summary>
internal sealed class CheckServer(SecretLookup secrets, TimeProvider clock) : IChecksTarget
{
    public string Kind => PostgresIssuer.KindName;

    public async Task<IReadOnlyList<TargetFinding>> CheckAsync(TargetToCheck target, CancellationToken cancellationToken)
    {
        if (!PostgresTerms.TryReadSettings(target.Settings, out var connection, out var heir, out var problem))
            return [new TargetFinding(true, problem, "Mend the issuer in the catalog.")];
        if (!PostgresTarget.TryFind(secrets, connection, out var server, out problem))
            return [new TargetFinding(true, problem, "Set it where the broker runs.")];
        try
        {
            await using var session = await server.OpenAsync(null, cancellationToken);
            List<TargetFinding> findings = [.. await BrokerPowers.FindAsync(session, heir, clock.GetUtcNow(), cancellationToken)];
            foreach (var entitlement in target.Entitlements)
                findings.AddRange(await OfEntitlementAsync(server, session, target.Settings, entitlement, cancellationToken));
            return [.. findings.Distinct()];
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return [new TargetFinding(true, Trouble.Of(server, "being looked at", e), "Look at the server and at the connection string.")];
        }
    }

    private static async Task<List<TargetFinding>> OfEntitlementAsync(
        PostgresTarget server, PostgresSession session, string settings, GrantsToCheck entitlement, CancellationToken cancellationToken)
    {
        if (!PostgresTerms.TryRead(settings, entitlement.Grants, out var terms, out var problem))
            return [new TargetFinding(true, $"{entitlement.Entitlement}: {problem}", "Mend it in the catalog.")];
        var objections = await Bundles.ObjectionsAsync(session, terms.Roles, cancellationToken);
        List<TargetFinding> findings =
            [.. objections.Select(o => new TargetFinding(true, $"{entitlement.Entitlement}: {o}", "Name NOLOGIN roles made for this, with rights on objects and nothing else."))];
        var present = await session.TextsAsync($"select rolname::text from pg_roles where rolname in ({string.Join(", ", terms.Roles.Select(Quoted.Text))}) order by 1", cancellationToken);
        findings.AddRange(await AdminAsync(session, present, cancellationToken));
        if (await DatabaseAsync(session, terms, present, cancellationToken) is { } ofDatabase)
            findings.Add(ofDatabase with { What = $"{entitlement.Entitlement}: {ofDatabase.What}" });
        else
            findings.AddRange(await BundleRisks.FindAsync(server, terms.Database, present, cancellationToken));
        return findings;
    }

    private static async Task<IEnumerable<TargetFinding>> AdminAsync(PostgresSession session, IReadOnlyList<string> bundles, CancellationToken cancellationToken)
    {
        List<TargetFinding> findings = [];
        foreach (var bundle in bundles)
        {
            if (!await BrokerPowers.MayGiveAsync(session, bundle, cancellationToken))
                findings.Add(new TargetFinding(true, $"The broker's role may not give {bundle} to anybody.", $"grant {Quoted.Name(bundle)} to {await BrokerPowers.NameAsync(session, cancellationToken)}{BrokerPowers.AdminOnly(session)};"));
        }

        return findings;
    }

    /// <summary>Why nobody could use, or clean up, what is granted in this database; null when they can.</summary>
    private static async Task<TargetFinding?> DatabaseAsync(PostgresSession session, PostgresTerms terms, IReadOnlyList<string> bundles, CancellationToken cancellationToken)
    {
        var (name, text) = (Quoted.Name(terms.Database), Quoted.Text(terms.Database));
        if (!await session.HoldsAsync($"select datallowconn from pg_database where datname = {text}", cancellationToken))
            return new TargetFinding(true, $"There is no database {terms.Database} that takes connections.", "Correct grants.database in the catalog.");
        if (!await session.HoldsAsync($"has_database_privilege({text}, 'connect')", cancellationToken))
            return new TargetFinding(
                true, $"The broker's role may not connect to {terms.Database}, and so could not hand over what a holder leaves there.", $"grant connect on database {name} to {await BrokerPowers.NameAsync(session, cancellationToken)};");
        if (bundles.Count == 0)
            return null;
        var mayConnect = string.Join(" or ", bundles.Select(b => $"has_database_privilege({Quoted.Text(b)}, {text}, 'connect')"));
        return await session.HoldsAsync(mayConnect, cancellationToken)
            ? null
            : new TargetFinding(true, $"None of its roles may connect to {terms.Database}.", $"grant connect on database {name} to {Quoted.Name(bundles[0])};");
    }
}
