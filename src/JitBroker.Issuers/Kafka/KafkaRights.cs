using JitBroker.Issuers.Kafka.Wire;

namespace JitBroker.Issuers.Kafka;

/// <summary>Rights of the catalog as ACLs of one principal.</summary>
internal static class KafkaRights
{
    private const string AnyHost = "*";

    /// <summary>
    /// What the entitlement names, for this principal alone. Who may read gets consumer groups of their own as well, those that begin with their user's name: without any
    /// group no consumer that commits can run, and no other holder can come into these.
    /// </summary>
    public static IReadOnlyList<AclBinding> Of(KafkaTerms terms, string user)
    {
        var principal = KafkaHandle.PrincipalOf(user);
        List<AclBinding> bindings = [.. terms.Rights.SelectMany(right => right.Operations.Select(o => Allow(right.Type, right.Name, right.Pattern, principal, o)))];
        if (terms.Rights.Any(r => r.Type == ResourceType.Topic && (r.Operations.Contains(AclOperation.Read) || r.Operations.Contains(AclOperation.All))))
            bindings.Add(Allow(ResourceType.Group, user, PatternType.Prefixed, principal, AclOperation.Read));
        return [.. bindings.Distinct()];
    }

    private static AclBinding Allow(ResourceType type, string name, PatternType pattern, string principal, AclOperation operation) =>
        new(type, name, pattern, principal, AnyHost, operation, AclPermission.Allow);
}
