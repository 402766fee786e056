using System.Globalization;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Kafka;

/// <summary>
/// Users of a Kafka cluster, 3.5 and up in KRaft (issuers.md §4): each lease is one principal of its own with ACLs of its own, which logs in with a SCRAM password or with
/// a token of ours. See the README beside it for what the broker's user needs.
/// </summary>
internal sealed class KafkaIssuer(KafkaTarget target, KafkaToken tokens, TimeProvider clock) : IIssuer
{
    public const string KindName = "kafka";

    /// <summary>What brokers other than those that are asked take to hear of a change from their controller.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    // A call is given up after 5 s, but a broker may go on trying to pass it to its controller for its own request.timeout.ms, 30 s.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(60);

    private static readonly Revocability OfScram = new(
        EndBound.Broker,
        EarlyEnd.Eventual,
        Within,
        SettleTime,
        "rights and login are removed, so the next request of an open connection is denied; the connection itself, and one fetch that is already waiting, Kafka cannot cut before connections.max.reauth.ms; while the broker is down nothing ends by itself");

    private static readonly Revocability OfJwt = new(
        EndBound.Target,
        EarlyEnd.Eventual,
        Within,
        SettleTime,
        "rights are removed, so the next request of an open connection is denied; the token itself, and with it the connection, lasts until its expiry at the grant's end, without rights; while the broker is down that expiry holds, give or take 30 s for new logins");

    public string Kind => KindName;

    public Revocability RevocabilityOf(IssueOrder order) => Declared(Read(order, out _));

    /// <summary>Whole seconds where a token carries the end.</summary>
    public MintPlan Plan(IssueOrder order)
    {
        var terms = Read(order, out _);
        var declared = Declared(terms);
        var data = terms is null ? KafkaHandle.OfNothing(order) : KafkaHandle.Of(order, terms.Settings);
        var expiresAt = terms is { Settings.IsJwt: true } ? DateTimeOffset.FromUnixTimeSeconds(order.EndsAt.ToUnixTimeSeconds()) : Instants.Truncate(order.EndsAt);
        return new MintPlan(new RevocationHandle(KindName, order.Issuer, declared.EarlyEnd, declared.Within, declared.SettleTime, data), expiresAt);
    }

    public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        if (Read(order, out var problem) is not { } terms)
            return new MintOutcome.Refused($"No user can be made for {order.Entitlement}: {problem} The catalog has to be mended.");
        if (plan.ExpiresAt <= order.Now)
            return new MintOutcome.Refused($"The grant of {order.Entitlement} is over.");
        if (!target.TryFind(terms.Settings, out var cluster, out problem))
            return new MintOutcome.Unavailable($"{order.Issuer} cannot be reached: {problem} Ask the platform team.", Obstacle.Denied);
        if (!terms.Settings.IsJwt)
            return await new CreateUser(cluster, order, terms, clock).WithPasswordAsync(cancellationToken);
        return tokens.TrySign(order, terms.Settings, KafkaHandle.UserOf(order), plan.ExpiresAt, out var token, out problem)
            ? await new CreateUser(cluster, order, terms, clock).WithTokenAsync(token, cancellationToken)
            : new MintOutcome.Unavailable(problem);
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        if (KafkaHandle.IsOfNothing(handle))
            return new EndOutcome.Ended(Existed: true);
        if (KafkaHandle.Read(handle) is not { } user)
            return new EndOutcome.Failed(NotOurs(handle));
        return target.TryFind(user.Settings, out var cluster, out var problem)
            ? await new EndUser(cluster, user, clock).RunAsync(cancellationToken)
            : new EndOutcome.Failed($"{handle.Target} cannot be reached: {problem} Put it back where it was until {user.User} has ended.", Obstacle.Denied);
    }

    private static Revocability Declared(KafkaTerms? terms) => terms is { Settings.IsJwt: true } ? OfJwt : OfScram;

    private static KafkaTerms? Read(IssueOrder order, out string problem) => KafkaTerms.TryRead(order.Issuer, order.Settings, order.Grants, out var terms, out problem) ? terms : null;

    private static string NotOurs(RevocationHandle handle) =>
        string.Create(CultureInfo.InvariantCulture, $"This is not a handle of the {KindName} issuer: kind `{handle.Kind}`, or `user`, `bootstrap` and the way in are missing or of another form.");
}
