using System.Globalization;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// Ends one session. Past its end its own policy denies everything, by AWS's clock, and there is nothing to do. Before it, its tag is stored as denied, and the
/// role's policy is written from what is stored and read back. That is what is verified; AWS says that it takes effect within minutes, which no call can confirm.
/// </summary>
internal sealed class EndSession(DenyStore store, WriteDenials write, AwsAccount account, TimeProvider clock)
{
    private static readonly TimeSpan KeptAfterExpiry = TimeSpan.FromHours(1);

    public async Task<EndOutcome> RunAsync(SessionHandle handle, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now >= handle.ExpiresAt)
            return new EndOutcome.Ended(Existed: true);
        try
        {
            var keepUntil = handle.MintedAt.AddSeconds(StsCalls.SecondsOf(handle.ExpiresAt - handle.MintedAt)) + KeptAfterExpiry;
            var (denial, role) = await store.DenyAsync(handle, keepUntil, now, cancellationToken);
            var isWritten = role.Applied >= role.Version;
            if (!isWritten || !await StandsAsync(handle, denial, cancellationToken))
                await write.RunAsync(role.Id, role.Version, DenyStore.WayOf(handle), isForced: isWritten, cancellationToken);
            return new EndOutcome.Ended(Existed: true);
        }
        catch (ClosedAccountException e)
        {
            return new EndOutcome.Failed(e.Message, Obstacle.Denied);
        }
        catch (Exception e) when (Trouble.IsExpected(e, cancellationToken))
        {
            var what = string.Create(CultureInfo.InvariantCulture, $"writing {DenyPolicy.Name} of {handle.Role}");
            return new EndOutcome.Failed($"{Trouble.Of(handle.Way.Iam, what, e)} By itself the session ends at {Instants.ToText(handle.ExpiresAt)}.", Trouble.ObstacleOf(e));
        }
    }

    /// <summary>It was written before; somebody may have taken it away since.</summary>
    private async Task<bool> StandsAsync(SessionHandle handle, Denial denial, CancellationToken cancellationToken)
    {
        var (role, iam) = await account.OpenAsync(handle.Way, handle.Role, cancellationToken);
        return DenyPolicy.Denies(await iam.GetRolePolicyAsync(role.Name, DenyPolicy.Name, cancellationToken), denial);
    }
}
