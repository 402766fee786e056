using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Kafka.Wire.Calls;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>
/// One mint. Rights, all in one call, and login, in another, at once: neither is of use to anybody before both stand, since nobody knows the password. Then it waits, for
/// a moment, until a server knows what its controller has decided, so that the credential works when it is handed out.
/// </summary>
internal sealed class CreateUser(Cluster cluster, IssueOrder order, KafkaTerms terms, TimeProvider clock)
{
    /// <summary>Nothing of it may begin when the broker is about to give up, e.g. after the host was frozen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(14);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    private readonly string _user = KafkaHandle.UserOf(order);

    public Task<MintOutcome> WithPasswordAsync(CancellationToken cancellationToken)
    {
        var secret = new ScramPassword();
        return TryAsync(
            async token =>
            {
                // The password is stretched while the cluster is at the rights. Whatever becomes of one call, the other's answer is waited for: nothing is under way after this.
                await Task.WhenAll(GiveRightsAsync(token), MakeLoginAsync(secret, token));
                await Task.WhenAll(RightsSeenAsync(token), SeenAsync(new DescribeScramCall([_user]), found => found.Has(_user), token));
                return KafkaCredential.OfPassword(terms.Settings, _user, secret.Password);
            },
            cancellationToken);
    }

    public Task<MintOutcome> WithTokenAsync(string jwt, CancellationToken cancellationToken) =>
        TryAsync(
            async token =>
            {
                await GiveRightsAsync(token);
                await RightsSeenAsync(token);
                return KafkaCredential.OfToken(terms.Settings, _user, jwt);
            },
            cancellationToken);

    private async Task<MintOutcome> TryAsync(Func<CancellationToken, Task<Credential>> mint, CancellationToken cancellationToken)
    {
        try
        {
            return new MintOutcome.Minted(await mint(cancellationToken));
        }
        catch (Exception e) when (Cluster.IsTrouble(e))
        {
            var why = KafkaTrouble.Of(cluster, $"while making user {_user}", e);
            return KafkaTrouble.IsFinal(e) ? new MintOutcome.Refused(why) : new MintOutcome.Unavailable(why, KafkaTrouble.ObstacleOf(e));
        }
    }

    private Task GiveRightsAsync(CancellationToken cancellationToken) => CallAsync(new CreateAclsCall(KafkaRights.Of(terms, _user)), cancellationToken);

    private Task MakeLoginAsync(ScramPassword secret, CancellationToken cancellationToken) => CallAsync(new AlterScramCall([], [secret.For(_user, terms.Settings.Hash)]), cancellationToken);

    private Task RightsSeenAsync(CancellationToken cancellationToken) => SeenAsync(new DescribeAclsCall(new AclFilter(KafkaHandle.PrincipalOf(_user))), found => found.Bindings.Count > 0, cancellationToken);

    private async Task CallAsync<TAnswer>(ApiCall<TAnswer> call, CancellationToken cancellationToken)
    {
        if (clock.GetUtcNow() - order.Now > Patience)
            throw new TimeoutException();
        await cluster.CallAsync(call, cancellationToken);
    }

    /// <summary>Best effort: the controller has said yes, and a broker that is slow to hear of it costs its holder a second try.</summary>
    private async Task SeenAsync<TAnswer>(ApiCall<TAnswer> look, Func<TAnswer, bool> isThere, CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        for (var pause = Glance; clock.GetElapsedTime(since) < LongestLook; pause *= 1.5)
        {
            if (isThere(await cluster.CallAsync(look, cancellationToken)))
                return;
            await Task.Delay(pause, clock, cancellationToken);
        }
    }
}
