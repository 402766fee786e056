using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Kafka.Wire.Calls;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>
/// One end. Rights go, so that nothing that is open can do anything any more, and the login, so that nobody comes again; each is asked for at once, whatever becomes of the other.
/// Then both are looked for again at each server that the catalog names. Each step may be done again.
/// </summary>
internal sealed class EndUser(Cluster cluster, KafkaHandle handle, TimeProvider clock)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(5);

    /// <summary>What a broker may need to hear from its controller, before the end is called not verified.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(3);

    private readonly DescribeAclsCall _rights = new(new AclFilter(handle.Principal));
    private readonly DescribeScramCall _logins = new([handle.User]);

    public async Task<EndOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var rights = TryAsync($"while removing the rights of {handle.User}", RemoveRightsAsync, cancellationToken);
        var login = handle.Settings.IsJwt ? Task.FromResult<(bool, EndOutcome.Failed?)>((true, null)) : TryAsync($"while removing the login of {handle.User}", RemoveLoginAsync, cancellationToken);
        await Task.WhenAll(rights, login);
        var ((hadRights, rightsTrouble), (hadLogin, loginTrouble)) = (await rights, await login);
        // A login is made last, so where it stood the mint was over; what stood half may get its other half yet, and is looked at again.
        return rightsTrouble ?? loginTrouble ?? await VerifyAsync(cancellationToken) ?? (EndOutcome)new EndOutcome.Ended(hadRights && hadLogin);
    }

    private async Task<bool> RemoveRightsAsync(CancellationToken cancellationToken) =>
        (await cluster.CallAsync(new DeleteAclsCall(new AclFilter(handle.Principal)), cancellationToken)).Deleted > 0;

    private async Task<bool> RemoveLoginAsync(CancellationToken cancellationToken) =>
        (await cluster.CallAsync(new AlterScramCall([(handle.User, handle.Settings.Hash.Number)], []), cancellationToken)).Results[0].Error == ErrorCode.None;

    private async Task<(bool Existed, EndOutcome.Failed? Trouble)> TryAsync(string doing, Func<CancellationToken, Task<bool>> step, CancellationToken cancellationToken)
    {
        try
        {
            return (await step(cancellationToken), null);
        }
        catch (Exception e) when (Cluster.IsTrouble(e))
        {
            return (false, Trouble(doing, e));
        }
    }

    /// <summary>What is left, or could not be looked at; null when nothing is.</summary>
    private async Task<EndOutcome.Failed?> VerifyAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        for (var pause = Glance; ; pause *= 1.5)
        {
            var left = await LookAsync(_rights, found => found.Bindings.Count == 0, "rights", cancellationToken);
            if (left is null && !handle.Settings.IsJwt)
                left = await LookAsync(_logins, found => !found.Has(handle.User), "login", cancellationToken);
            if (left is null || clock.GetElapsedTime(since) > LongestLook)
                return left;
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    private async Task<EndOutcome.Failed?> LookAsync<TAnswer>(ApiCall<TAnswer> look, Func<TAnswer, bool> isGone, string what, CancellationToken cancellationToken)
    {
        var (answers, silent) = await cluster.CallEachAsync(look, cancellationToken);
        if (!answers.All(isGone))
            return new EndOutcome.Failed($"The {what} of {handle.User} still stand at {cluster} after they were removed.");
        if (answers.Count == 0 || silent.FirstOrDefault(s => s.Why is RefusedException).Why is not null)
            return Trouble($"while reading back that {handle.User} is gone", silent[0].Why);
        return silent.Count == 0 ? null : await LiveAmongAsync([.. silent.Select(s => s.Server)], cancellationToken);
    }

    /// <summary>A server that does not answer us is no trouble unless its cluster says that it serves.</summary>
    private async Task<EndOutcome.Failed?> LiveAmongAsync(IReadOnlyList<BrokerAddress> silent, CancellationToken cancellationToken)
    {
        IReadOnlyList<ClusterBroker> brokers = [];
        var (_, trouble) = await TryAsync(
            "while asking which brokers are live",
            async token =>
            {
                brokers = (await cluster.CallAsync(new MetadataCall(), token)).Brokers;
                return true;
            },
            cancellationToken);
        var live = silent.Where(s => brokers.Any(b => b.Port == s.Port && string.Equals(b.Host, s.Host, StringComparison.OrdinalIgnoreCase))).ToList();
        return live.Count == 0 ? trouble : new EndOutcome.Failed($"It could not be read back that {handle.User} is gone at {string.Join(", ", live)}, which the cluster counts among its live brokers.");
    }

    private EndOutcome.Failed Trouble(string doing, Exception e) => new(KafkaTrouble.Of(cluster, doing, e), KafkaTrouble.ObstacleOf(e));
}
