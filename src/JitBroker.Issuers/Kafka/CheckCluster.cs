using System.Net;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Kafka.Wire.Calls;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>What would keep this cluster from minting and ending as the catalog promises: what lacks, why it is needed, what mends it. Changes nothing there.</summary>
internal sealed class CheckCluster(KafkaTarget target) : IChecksTarget
{
    private const string Nobody = "jit-00000000000000000000000000-check";

    /// <summary>3.5-IV2, the first with SCRAM in KRaft.</summary>
    private const short LeastMetadataVersion = 11;

    public string Kind => KafkaIssuer.KindName;

    public async Task<IReadOnlyList<TargetFinding>> CheckAsync(TargetToCheck targetToCheck, CancellationToken cancellationToken)
    {
        if (!KafkaSettings.TryRead(targetToCheck.Issuer, targetToCheck.Settings, out var settings, out var problem))
            return [new TargetFinding(true, problem, "Mend the issuer in the catalog.")];
        if (!target.TryFind(settings, out var cluster, out problem))
            return [new TargetFinding(true, problem, "Set it where the broker runs.")];
        try
        {
            List<TargetFinding> findings = [.. OfTheWay(settings), .. await OfListenerAsync(cluster, settings, cancellationToken)];
            if (findings.Any(f => f.IsProblem))
                return findings;
            findings.AddRange(await OfRightsAsync(cluster, cancellationToken));
            foreach (var entitlement in targetToCheck.Entitlements)
                findings.AddRange(await OfEntitlementAsync(cluster, targetToCheck, entitlement, cancellationToken));
            return findings;
        }
        catch (Exception e) when (Cluster.IsTrouble(e))
        {
            return [new TargetFinding(true, KafkaTrouble.Of(cluster, "while looking at it", e), "Look at the servers, and at the issuer's bootstrap, tls, ca, mechanism, user and password.")];
        }
    }

    private static IEnumerable<TargetFinding> OfTheWay(KafkaSettings settings)
    {
        if (!settings.IsTls && settings.Servers.Any(s => !IsLoopback(s.Host)))
            yield return new TargetFinding(false, "tls is off: whoever listens on the way to the cluster can log in as any holder.", "Give the listener TLS, and write tls: true.");
    }

    private static async Task<List<TargetFinding>> OfListenerAsync(Cluster cluster, KafkaSettings settings, CancellationToken cancellationToken)
    {
        List<TargetFinding> findings = [];
        var speaks = await cluster.AsStrangerAsync(connection => LogIn.AskVersionsAsync(connection, cancellationToken), cancellationToken);
        foreach (var (key, version, what) in new (short, short, string)[] { (29, 3, "DescribeAcls 3"), (30, 3, "CreateAcls 3"), (31, 3, "DeleteAcls 3"), (3, 12, "Metadata 12"), (50, 0, "DescribeUserScramCredentials"), (51, 0, "AlterUserScramCredentials") })
            if (!speaks.Speaks(key, version))
                findings.Add(new TargetFinding(true, $"The cluster at {cluster} does not speak {what}.", "Upgrade it to Kafka 3.5 or later."));
        if (speaks.MetadataVersion is { } level && level < LeastMetadataVersion && !settings.IsJwt)
            findings.Add(new TargetFinding(true, $"The metadata.version of {cluster} is older than 3.5 (level {level}): KRaft keeps no SCRAM users then.", "kafka-features.sh upgrade --metadata 3.5 or later."));
        var mechanism = settings.IsJwt ? "OAUTHBEARER" : settings.Hash.Mechanism;
        var hands = await cluster.AsStrangerAsync(connection => LogIn.ShakeHandsAsync(connection, mechanism, cancellationToken), cancellationToken);
        if (hands.Error != ErrorCode.None)
            findings.Add(new TargetFinding(true, $"The listener at {cluster} has no {mechanism}, which holders log in with.", $"Add {mechanism} to its sasl.enabled.mechanisms; see the issuer's README."));
        return findings;
    }

    /// <summary>Asks to remove what is not there: it takes the right to, and removes nothing.</summary>
    private static async Task<List<TargetFinding>> OfRightsAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        var filter = new AclFilter(KafkaHandle.PrincipalOf(Nobody));
        List<TargetFinding> findings =
        [
            .. await RefusalAsync(cluster, new DescribeAclsCall(filter), "look at rights", "DESCRIBE", cancellationToken),
            .. await RefusalAsync(cluster, new DescribeScramCall([Nobody]), "look at SCRAM users", "DESCRIBE", cancellationToken),
            .. await RefusalAsync(cluster, new DeleteAclsCall(filter), "make and remove rights and users", "ALTER", cancellationToken),
        ];
        return findings;
    }

    private static async Task<IEnumerable<TargetFinding>> RefusalAsync<TAnswer>(Cluster cluster, ApiCall<TAnswer> call, string what, string right, CancellationToken cancellationToken)
    {
        try
        {
            await cluster.CallAsync(call, cancellationToken);
            return [];
        }
        catch (RefusedException e)
        {
            return [e.Error switch
            {
                ErrorCode.ClusterAuthorizationFailed => new TargetFinding(true, $"The broker's user may not {what} at {cluster}.", $"kafka-acls.sh --add --cluster --operation {right} --allow-principal User:… for it."),
                ErrorCode.SecurityDisabled => new TargetFinding(true, $"{cluster} has no authorizer, so everybody may do everything there and no end of access means anything.", "Set authorizer.class.name, and allow.everyone.if.no.acl.found=false, at all brokers."),
                _ => new TargetFinding(true, e.Message, "Look at the brokers' logs."),
            }];
        }
    }

    private static async Task<IEnumerable<TargetFinding>> OfEntitlementAsync(Cluster cluster, TargetToCheck targetToCheck, GrantsToCheck entitlement, CancellationToken cancellationToken)
    {
        if (!KafkaTerms.TryRead(targetToCheck.Issuer, targetToCheck.Settings, entitlement.Grants, out var terms, out var problem))
            return [new TargetFinding(true, $"{entitlement.Entitlement}: {problem}", "Mend it in the catalog.")];
        var topics = terms.Rights.Where(r => r is { Type: ResourceType.Topic, Pattern: PatternType.Literal } && r.Name != "*" && !r.Operations.Contains(AclOperation.Create)).Select(r => r.Name).Distinct().ToList();
        var found = topics.Count == 0 ? [] : (await cluster.CallAsync(new MetadataCall(topics), cancellationToken)).Topics;
        return found.Where(t => t.Error == ErrorCode.UnknownTopicOrPartition)
            .Select(t => new TargetFinding(false, $"{entitlement.Entitlement}: there is no topic {t.Name} at {cluster}.", "Create it, or correct the name in the catalog."));
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
