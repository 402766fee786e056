using JitBroker.Grants;

namespace JitBroker.Catalog.Reloading;

/// <summary>What a catalog would do if it came into force, compared with the one that is.</summary>
/// <param name="DropsEntitlements">Names, in order.</param>
/// <param name="DropsPeople">Canonical e-mails, in order.</param>
/// <param name="IsHeld">It does too much to come into force by itself (contract §3).</param>
public sealed record CatalogEffect(IReadOnlyList<NotCarried> Ends, IReadOnlyList<string> DropsEntitlements, IReadOnlyList<string> DropsPeople, bool IsHeld);

/// <summary>
/// The brake (contract §3): a catalog that would end more than five live grants, or drop more than a fifth of the entitlements or people, is more likely a slip
/// than a wish, and waits for an admin. Pure.
/// </summary>
public static class CatalogBrake
{
    /// <summary>Live grants that a reload may end by itself.</summary>
    public const int MostEnded = 5;

    /// <summary>One in so many entitlements, and as many people, may be dropped by a reload itself.</summary>
    public const int OneIn = 5;

    /// <param name="inForce">Null: what is in force cannot be read by this build, so that only grants count.</param>
    /// <param name="ends">The live grants that <paramref name="next"/> does not carry.</param>
    public static CatalogEffect Of(CatalogSnapshot? inForce, CatalogSnapshot next, IReadOnlyList<NotCarried> ends)
    {
        var entitlements = Dropped(inForce?.Entitlements.Keys ?? [], next.Entitlements.Keys);
        var people = Dropped(inForce?.People.Keys ?? [], next.People.Keys);
        var isHeld = ends.Count > MostEnded
            || entitlements.Count * OneIn > (inForce?.Entitlements.Count ?? 0)
            || people.Count * OneIn > (inForce?.People.Count ?? 0);
        return new CatalogEffect(ends, entitlements, people, isHeld);
    }

    private static List<string> Dropped(IEnumerable<string> before, IEnumerable<string> after) =>
        [.. before.Except(after, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
