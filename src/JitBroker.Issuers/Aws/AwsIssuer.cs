using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// Sessions of IAM roles (issuers.md §1): each lease is one AssumeRole, named, tagged and bounded by a session policy that ends it to the second. An early
/// end denies its tag in the role's own policy, so that other people's sessions of the role go on. See the README beside it for what AWS needs.
/// </summary>
internal sealed class AwsIssuer(AwsNet net, SecretLookup secrets, EndSession end) : IIssuer
{
    public const string KindName = "aws-sts";

    /// <summary>What AWS calls "a few minutes" for a changed policy to reach every service.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromMinutes(5);

    // The tag of a mint that comes late is denied before it comes: nothing has to be looked at again.
    private static readonly TimeSpan SettleTime = TimeSpan.Zero;

    private static readonly Revocability Declared = new(
        EndBound.Target,
        EarlyEnd.Eventual,
        Within,
        SettleTime,
        "the session's own policy at AWS, to the second and without the broker; sooner by a policy that denies this one grant, which AWS puts into effect within a few minutes");

    public string Kind => KindName;

    public Revocability RevocabilityOf(IssueOrder order) => Declared;

    public MintPlan Plan(IssueOrder order)
    {
        var isReadable = AwsTerms.TryRead(order.Settings, order.Grants, out var terms, out _);
        var expiresAt = isReadable ? ExpiryOf(order, terms!) : WholeSeconds(order.EndsAt);
        var data = isReadable ? SessionHandle.Of(order, terms!, expiresAt) : SessionHandle.OfNothing(order.LeaseId);
        return new MintPlan(new RevocationHandle(KindName, order.Issuer, Declared.EarlyEnd, Declared.Within, Declared.SettleTime, data), expiresAt);
    }

    public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        if (!AwsTerms.TryRead(order.Settings, order.Grants, out var terms, out var problem))
            return new MintOutcome.Refused($"No session can be had for {order.Entitlement}: {problem} The catalog has to be mended.");
        if (plan.ExpiresAt <= order.Now)
            return new MintOutcome.Refused($"The grant of {order.Entitlement} ends within a second: a session would be dead on arrival.");
        if (!AwsKeys.TryFind(secrets, terms.Way, out var keys, out problem))
            return new MintOutcome.Unavailable($"{order.Issuer} cannot be reached: {problem} Ask the platform team.", Obstacle.Denied);
        return await new AssumeRole(net, order, terms, keys, plan.ExpiresAt).RunAsync(cancellationToken);
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        if (SessionHandle.IsOfNothing(handle))
            return new EndOutcome.Ended(Existed: true);
        return SessionHandle.Read(handle) is { } session
            ? await end.RunAsync(session, cancellationToken)
            : new EndOutcome.Failed($"This is not a handle of the {KindName} issuer: kind `{handle.Kind}`, or `role`, `grant`, `lease`, its times or the way to AWS are missing or of another form.");
    }

    private static DateTimeOffset ExpiryOf(IssueOrder order, AwsTerms terms)
    {
        var bySession = order.Now + terms.Session;
        return WholeSeconds(bySession < order.EndsAt ? bySession : order.EndsAt);
    }

    /// <summary>Down, never up: the session policy knows whole seconds and must not pass the grant's end.</summary>
    private static DateTimeOffset WholeSeconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());
}
