using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;

namespace JitBroker.Requests;

/// <summary>
/// What was asked for, pinned at submit: approved is what was asked (rule 8). Stored as RFC 8785 JSON beside its hash; the grant carries both,
/// and each mint checks them.
/// </summary>
/// <param name="Settings">The issuer's settings, canonical JSON with references unresolved.</param>
/// <param name="Grants">What is granted, canonical JSON with references unresolved.</param>
/// <param name="Rule">The approval rule in force at submit.</param>
/// <param name="DurationS">The asked duration in seconds.</param>
public sealed record RequestContent(
    string Entitlement,
    string Issuer,
    string IssuerKind,
    string Settings,
    string Grants,
    ApprovalRule Rule,
    string Holder,
    long DurationS)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static RequestContent Pin(CatalogSnapshot catalog, Entitlement entitlement, string holder, TimeSpan duration)
    {
        var issuer = catalog.Issuers[entitlement.Issuer];
        return new RequestContent(
            entitlement.Name, issuer.Name, issuer.Kind, issuer.Settings, entitlement.Grants, entitlement.Approval, holder, (long)duration.TotalSeconds);
    }

    /// <exception cref="JsonException">The row was tampered with beyond reading.</exception>
    public static RequestContent FromText(string text) =>
        JsonSerializer.Deserialize<RequestContent>(text, Options) ?? throw new JsonException("A request's content cannot be null.");

    /// <summary>The canonical text.</summary>
    public string ToText() => CanonicalJson.Of(JsonSerializer.SerializeToNode(this, Options));

    /// <summary>The canonical text of a rule, to tell whether two are the same.</summary>
    public static string RuleText(ApprovalRule rule) => CanonicalJson.Of(JsonSerializer.SerializeToNode(rule, Options));

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Whether today's catalog would mint the same thing at the same place (rule 6).</summary>
    public bool StillMeans(CatalogSnapshot catalog) =>
        catalog.Entitlements.TryGetValue(Entitlement, out var today)
        && today.Issuer == Issuer
        && today.Grants == Grants
        && catalog.Issuers.TryGetValue(Issuer, out var issuer)
        && issuer.Kind == IssuerKind
        && issuer.Settings == Settings;
}
