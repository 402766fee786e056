using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Requests;

/// <summary>
/// What was asked for, pinned at submit: approved is what was asked (rule 8). Stored as RFC 8785 JSON beside its hash; the grant carries both,
/// and each mint checks them.
/// </summary>
/// <param name="Settings">The issuer's settings, canonical JSON with references unresolved.</param>
/// <param name="Grants">What is granted, canonical JSON with references unresolved.</param>
/// <param name="Rule">The approval rule in force at submit.</param>
/// <param name="DurationS">The asked duration in seconds.</param>
/// <param name="ReviewGroup">Who reviews it, when it was taken as break-glass, or extends one that was; null, and left out of the text, when not.</param>
public sealed record RequestContent(
    string Entitlement,
    string Issuer,
    string IssuerKind,
    string Settings,
    string Grants,
    ApprovalRule Rule,
    string Holder,
    long DurationS,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReviewGroup = null)
{
    // A look at a request or grant reads its content, and one lifecycle is a handful of looks. Bounded; a pure function's answers cannot go stale.
    private const int MostKnown = 1000;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);
    private static readonly ConcurrentDictionary<string, RequestContent> Known = new(StringComparer.Ordinal);
    private static readonly ConditionalWeakTable<ApprovalRule, string> RuleTexts = [];

    /// <param name="rule">Who decides it: the entitlement's own rule, but for the extension of an emergency.</param>
    public static RequestContent Pin(CatalogSnapshot catalog, Entitlement entitlement, ApprovalRule rule, string holder, TimeSpan duration, string? reviewGroup = null)
    {
        var issuer = catalog.Issuers[entitlement.Issuer];
        return new RequestContent(
            entitlement.Name, issuer.Name, issuer.Kind, issuer.Settings, entitlement.Grants, rule, holder, (long)duration.TotalSeconds, reviewGroup);
    }

    /// <exception cref="JsonException">The row was tampered with beyond reading.</exception>
    public static RequestContent FromText(string text)
    {
        if (Known.TryGetValue(text, out var known))
            return known;
        var read = JsonSerializer.Deserialize<RequestContent>(text, Options) ?? throw new JsonException("A request's content cannot be null.");
        if (Known.Count >= MostKnown)
            Known.Clear();
        return Known[text] = read;
    }

    /// <summary>The canonical text.</summary>
    public string ToText() => CanonicalJson.Of(JsonSerializer.SerializeToNode(this, Options));

    /// <summary>The canonical text of a rule, to tell whether two are the same.</summary>
    public static string RuleText(ApprovalRule rule) => RuleTexts.GetValue(rule, static r => CanonicalJson.Of(JsonSerializer.SerializeToNode(r, Options)));

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Taken as break-glass, or the extension of what was.</summary>
    [JsonIgnore]
    public bool Emergency => ReviewGroup is not null;

    /// <summary>
    /// Who may read it: its asker, those who have a say, auditors and admins; of an emergency also those who review it and those who may take the same.
    /// </summary>
    public bool MayBeReadBy(PeopleDirectory directory, string email) =>
        Rights.MayRead(directory, Entitlement, Rule, Holder, email) || (ReviewGroup is { } group && Rights.IsConcerned(directory, Entitlement, group, Holder, email));

    /// <summary>Who may do something about it, its holder and the admins aside: those who have a say, and of an emergency those who review it and who may take the same.</summary>
    public bool IsUpTo(PeopleDirectory directory, string email) =>
        Rights.HasASay(directory, Entitlement, Rule, Holder, email) || (ReviewGroup is { } group && Rights.IsConcerned(directory, Entitlement, group, Holder, email));

    /// <summary>Whether today's catalog would mint the same thing at the same place (rule 6).</summary>
    public bool StillMeans(CatalogSnapshot catalog) =>
        catalog.Entitlements.TryGetValue(Entitlement, out var today)
        && today.Issuer == Issuer
        && today.Grants == Grants
        && catalog.Issuers.TryGetValue(Issuer, out var issuer)
        && issuer.Kind == IssuerKind
        && issuer.Settings == Settings;
}
