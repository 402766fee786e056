using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Bots.Chat;

/// <summary>One thing that can be chosen in the form: an entitlement, or a bundle, which is bounded by all of its entitlements at once.</summary>
/// <param name="Says">Its risk, or what a bundle is made of.</param>
internal sealed record FormChoice(string Name, string Title, string Says, DurationLimits Duration, bool IsReasonRequired, string? ReasonHint)
{
    /// <summary>What <paramref name="email"/> may ask for: entitlements, then the bundles of which they may have everything.</summary>
    public static IReadOnlyList<FormChoice> Askable(PeopleDirectory directory, string email)
    {
        var entitlements = Eligibility.Askable(directory, email);
        var byName = entitlements.ToDictionary(e => e.Name, StringComparer.Ordinal);
        var bundles = directory.Catalog.Bundles
            .Where(b => b.Value.Count > 0 && b.Value.All(byName.ContainsKey))
            .OrderBy(b => b.Key, StringComparer.Ordinal)
            .Select(b => Of(b.Key, [.. b.Value.Select(m => byName[m])]));
        return [.. entitlements.Select(Of), .. bundles];
    }

    private static FormChoice Of(Entitlement entitlement) => new(
        entitlement.Name,
        entitlement.Title,
        entitlement.Risk switch { Risk.Low => "Low risk", Risk.Medium => "Medium risk", Risk.High => "High risk" },
        entitlement.Duration,
        entitlement.Reason.Required,
        entitlement.Reason.Hint);

    private static FormChoice Of(string name, IReadOnlyList<Entitlement> members)
    {
        var (min, max) = (members.Max(m => m.Duration.Min), members.Min(m => m.Duration.Max));
        var usual = members.Min(m => m.Duration.Default);
        return new FormChoice(
            name,
            name,
            "Together: " + string.Join(", ", members.Select(m => m.Title)),
            new DurationLimits(min, usual < min ? min : usual, max),
            members.Any(m => m.Reason.Required),
            members.Select(m => m.Reason.Hint).FirstOrDefault(h => h is not null));
    }
}
