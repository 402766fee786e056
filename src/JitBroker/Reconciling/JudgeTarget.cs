using System.Globalization;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Leases;

namespace JitBroker.Reconciling;

/// <summary>
/// What stands at a target against the leases. Pure. The leases were read after the target, so what was minted or ended in between may look wrong once; what looks
/// wrong at two looks in a row is confirmed.
/// </summary>
/// <param name="issuer">Whose target was listed.</param>
/// <param name="catalog">To know whose else's target it may be.</param>
/// <param name="before">Keys of the look before; empty when that was no look, or too long ago.</param>
internal sealed class JudgeTarget(IssuerDefinition issuer, CatalogSnapshot catalog, IReadOnlySet<string> before)
{
    private const int LongestName = 120;

    /// <param name="known">The leases that the objects name, as far as there are any.</param>
    /// <param name="active">Every lease in use at this target, of which something must stand there.</param>
    public LookResult Of(IReadOnlyList<StandingObject> objects, IReadOnlyDictionary<string, Lease> known, IReadOnlyList<Lease> active)
    {
        var live = objects.Select(o => o.LeaseId).OfType<string>().Distinct(StringComparer.Ordinal).Count(id => known.TryGetValue(id, out var lease) && IsOurs(lease) && lease.State != "revoked");
        var standing = objects.Where(o => o.LeaseId is not null).Select(o => o.LeaseId!).ToHashSet(StringComparer.Ordinal);
        // What is to be ended comes first, so that nobody crowds it out with names of their own making.
        var findings = objects.Select(o => Of(o, known))
            .Concat(active.Where(l => !standing.Contains(l.Id)).Select(Missing))
            .OfType<Finding>()
            .DistinctBy(f => f.Key, StringComparer.Ordinal)
            .OrderBy(f => f.Kind switch { Finding.Standing => 0, Finding.Missing => 1, _ => 2 })
            .ToList();
        return new LookResult { Live = live, Findings = findings, Found = findings.Count };
    }

    private Finding? Of(StandingObject there, IReadOnlyDictionary<string, Lease> known)
    {
        var name = there.Name.Length > LongestName ? there.Name[..LongestName] + "…" : there.Name;
        if (there.LeaseId is not { } id)
            return Foreign(name, null, $"{name} ({there.What}) looks like one of the broker's and is not marked as one, so it is left alone.");
        if (!known.TryGetValue(id, out var lease))
            return Foreign(name, id, $"{name} ({there.What}) is marked as lease {id}, which this broker does not know: another broker made it, or a database was restored. It is left alone.");
        if (!IsOurs(lease))
            return IsAnothersTarget(lease) ? null : Foreign(name, id, $"{name} ({there.What}) is marked as lease {id}, which was minted at {lease.Target} and not here. It is left alone.");
        if (lease.State != "revoked" || RevocationHandle.FromJson(lease.Handle).EarlyEnd == EarlyEnd.AtExpiry)
            return null;
        var how = lease.Verified ? "was revoked and read back gone" : "was given up";
        return Found(Finding.Standing, name, id, string.Create(CultureInfo.InvariantCulture, $"{name} ({there.What}) stands, although its lease {id} {how} at {lease.RevokedAt:yyyy-MM-dd HH:mm:ss} UTC."));
    }

    private Finding Missing(Lease lease) =>
        Found(Finding.Missing, lease.Id, lease.Id, $"Lease {lease.Id} of {lease.Holder} is in use, and nothing of it stands at {issuer.Name}: its credential does not work. Its holder may collect again.");

    /// <summary>Minted at the same server by way of another entry of the catalog, whose own look sees it.</summary>
    private bool IsAnothersTarget(Lease lease) =>
        catalog.Issuers.TryGetValue(lease.Target, out var other) && other.Kind == issuer.Kind && other.Settings == issuer.Settings;

    private bool IsOurs(Lease lease) => lease.Target == issuer.Name && RevocationHandle.FromJson(lease.Handle).Kind == issuer.Kind;

    private Finding Foreign(string name, string? lease, string text) => Found(Finding.Foreign, name, lease, text);

    private Finding Found(string kind, string name, string? lease, string text)
    {
        var finding = new Finding(kind, name, lease, text, Confirmed: false);
        return finding with { Confirmed = before.Contains(finding.Key) };
    }
}
