using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Kafka.Wire.Calls;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>SCRAM users, and principals with ACLs, whose names look like ours. A name of exactly our form that logs in otherwise than we make it is somebody else's.</summary>
internal sealed class ListUsers(KafkaTarget target) : IListsTarget
{
    private const string OurPrefix = "jit-";
    private const string UserType = "User:";

    public string Kind => KafkaIssuer.KindName;

    public async Task<TargetListing> ListAsync(TargetToCheck targetToList, CancellationToken cancellationToken)
    {
        if (!KafkaSettings.TryRead(targetToList.Issuer, targetToList.Settings, out var settings, out var problem))
            return new TargetListing.Failed(problem);
        if (!target.TryFind(settings, out var cluster, out problem))
            return new TargetListing.Failed(problem);
        try
        {
            var users = await cluster.CallAsync(new DescribeScramCall(null), cancellationToken);
            var rights = await cluster.CallAsync(new DescribeAclsCall(new AclFilter(null)), cancellationToken);
            return new TargetListing.Listed([.. Users(users), .. Principals(rights)]);
        }
        catch (Exception e) when (Cluster.IsTrouble(e))
        {
            return new TargetListing.Failed(KafkaTrouble.Of(cluster, "while listing users and rights", e));
        }
    }

    private static IEnumerable<StandingObject> Users(ScramUsers found) =>
        from user in found.Users
        where LooksLikeOurs(user.Name)
        let isAsWeMakeThem = user.Mechanisms is [(_, ScramPassword.Iterations)]
        select new StandingObject(user.Name, isAsWeMakeThem ? KafkaHandle.LeaseOf(user.Name) : null, "SCRAM user");

    private static IEnumerable<StandingObject> Principals(AclsFound found) =>
        from acls in found.Bindings.GroupBy(b => b.Principal, StringComparer.Ordinal)
        where acls.Key.StartsWith(UserType, StringComparison.Ordinal)
        let name = acls.Key[UserType.Length..]
        where LooksLikeOurs(name)
        let areAsWeMakeThem = acls.All(a => a is { Host: "*", Permission: AclPermission.Allow, Type: ResourceType.Topic or ResourceType.Group })
        select new StandingObject(name, areAsWeMakeThem ? KafkaHandle.LeaseOf(name) : null, "ACLs of a user");

    private static bool LooksLikeOurs(string name) => name.StartsWith(OurPrefix, StringComparison.OrdinalIgnoreCase);
}
