using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Issuing;
using JitBroker.Requests;
using EarlyEnd = JitBroker.Issuing.EarlyEnd;

namespace JitBroker.Server.Http.Views;

/// <summary>What an end can do at a target, as its issuer declares it.</summary>
internal sealed class Revocabilities(IssuerRegistry issuers, TimeProvider clock)
{
    /// <summary>Null when this build cannot mint it.</summary>
    public RevocabilityResource? Of(Entitlement entitlement, CatalogSnapshot catalog)
    {
        var issuer = catalog.Issuers[entitlement.Issuer];
        return Of(issuer.Kind, issuer.Settings, entitlement.Grants, entitlement.Name, issuer.Name, "nobody@example.com");
    }

    /// <summary>Of what was approved. An issuer that this build lost promises nothing.</summary>
    public RevocabilityResource Of(RequestContent content) =>
        Of(content.IssuerKind, content.Settings, content.Grants, content.Entitlement, content.Issuer, content.Holder)
        ?? new RevocabilityResource(RevocationBound.Broker, Client.EarlyEnd.AtExpiry, TimeSpan.Zero);

    /// <summary>The same in the issuer's words; null when this build lost the issuer.</summary>
    public string? TextOf(RequestContent content) =>
        Declared(content.IssuerKind, content.Settings, content.Grants, content.Entitlement, content.Issuer, content.Holder)?.Text;

    private RevocabilityResource? Of(string kind, string settings, string grants, string entitlement, string issuer, string holder) =>
        Declared(kind, settings, grants, entitlement, issuer, holder) is { } declared ? Of(declared) : null;

    private Revocability? Declared(string kind, string settings, string grants, string entitlement, string issuer, string holder)
    {
        var now = clock.GetUtcNow();
        var order = new IssueOrder(Ids.New(now), Ids.New(now), holder, holder, entitlement, issuer, settings, grants, now, now.AddHours(1));
        return issuers.Find(kind)?.RevocabilityOf(order);
    }

    private static RevocabilityResource Of(Revocability declared) => new(
        declared.Bound == EndBound.Target ? RevocationBound.Target : RevocationBound.Broker,
        declared.EarlyEnd switch
        {
            EarlyEnd.Immediate => Client.EarlyEnd.Immediate,
            EarlyEnd.Eventual => Client.EarlyEnd.Eventual,
            EarlyEnd.AtExpiry => Client.EarlyEnd.AtExpiry,
        },
        declared.Within);
}
