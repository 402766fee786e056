using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Grants;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Catalog.Reloading;

/// <summary>What accepting did. <paramref name="Ended"/> counts grants, <paramref name="Lapsed"/> pending requests; both 0 when it was in force already.</summary>
public sealed record CatalogAccepted(CatalogSnapshot Catalog, int Ended, int Lapsed);

/// <summary>
/// <c>jit catalog accept</c>: an admin lets a catalog come into force that the brake holds, or goes back to an earlier one. It is in force on every replica within
/// seconds, on this one when the call returns. Idempotent.
/// </summary>
public sealed class AcceptWaitingCatalog(
    Database database, CatalogStore store, EndDueGrants grants, AcceptCatalog accept, ReloadCatalog reload, Refusals refusals, CatalogHolder catalogs, CatalogReloadOptions options)
{
    /// <summary>Fewest digits of a hash.</summary>
    public const int Shortest = 6;

    private const int Attempts = 5;

    /// <param name="hash">The hash, or the beginning of one and no other.</param>
    public async Task<Outcome<CatalogAccepted>> HandleAsync(Actor actor, string hash, CancellationToken cancellationToken)
    {
        var outcome = await AcceptAsync(actor, hash, cancellationToken);
        return outcome.Refusal is { } refusal ? await refusals.RecordAsync(actor, "catalog.accept", null, hash.Length <= 64 ? hash : hash[..64], refusal, cancellationToken) : outcome;
    }

    private async Task<Outcome<CatalogAccepted>> AcceptAsync(Actor actor, string hash, CancellationToken cancellationToken)
    {
        if (!catalogs.Directory.HasRole(Rights.Admin, actor.Email))
            return new Refusal(Codes.Forbidden, "Only an admin accepts a catalog. The catalog's roles say who that is.");
        if (hash.Length is < Shortest or > 64 || !hash.All(char.IsAsciiHexDigitLower))
            return new Refusal(Codes.InvalidValue, "This is the hash of a catalog, or at least its first 6 digits.", "hash");
        var found = await FindAsync(hash, cancellationToken);
        if (found.Count == 0)
            return new Refusal(Codes.NotFound, $"No catalog {hash} waits or was ever in force. jit catalog accept, without a hash, shows what waits.");
        if (found.Count > 1)
            return new Refusal(Codes.InvalidValue, $"More than one catalog begins with {hash}. Give more digits.", "hash");
        var loaded = StoredCatalogs.Load(found[0].Text, options.Options);
        return loaded.Snapshot is { } next
            ? await AcceptAsync(actor, next, cancellationToken)
            : new Refusal(Codes.InvalidValue, $"Catalog {CatalogStanding.Short(found[0].Hash)} cannot come into force: {loaded.Problems[0]}", "hash");
    }

    private async Task<Outcome<CatalogAccepted>> AcceptAsync(Actor actor, CatalogSnapshot next, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var current = await database.ReadAsync(session => store.CurrentHashAsync(session, cancellationToken), cancellationToken);
            var effect = CatalogBrake.Of(catalogs.Current, next, await grants.NotCarriedAsync(next, cancellationToken));
            var data = new JsonObject { ["ends"] = effect.Ends.Count, ["dropsEntitlements"] = effect.DropsEntitlements.Count, ["dropsPeople"] = effect.DropsPeople.Count };
            var acceptance = await accept.HandleAsync(next, current, actor, data, cancellationToken);
            if (acceptance == Acceptance.Overtaken)
                continue;
            var conformed = await reload.FollowNowAsync(cancellationToken) ?? new Conformed(0, 0);
            return new CatalogAccepted(next, conformed.Ended, conformed.Lapsed);
        }

        return new Refusal(Codes.Unavailable, "Catalogs come into force faster than this one could. Try again.") { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    private Task<List<(string Hash, string Text)>> FindAsync(string prefix, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async session => (await store.ProposedBeginningAsync(session, prefix, cancellationToken)).Select(p => (p.Hash, p.Text))
                .Concat((await store.BeginningAsync(session, prefix, cancellationToken)).Select(c => (c.Hash, c.Text)))
                .DistinctBy(c => c.Hash)
                .ToList(),
            cancellationToken);
}
