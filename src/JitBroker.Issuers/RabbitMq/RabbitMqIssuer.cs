using System.Globalization;
using JitBroker.Catalog;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// Users of a RabbitMQ, or tokens for its oauth2 backend (issuers.md §3). <c>mode: user</c>: each lease is a user of its own, which is removed with its connections at the end; the server has no expiry,
/// so the broker keeps it. <c>mode: jwt</c>: each lease is a token, whose expiry the server keeps; nothing can take it back sooner. See the README beside it.
/// </summary>
internal sealed class RabbitMqIssuer(SecretLookup secrets, SigningKeys keys, JwtOptions options, TimeProvider clock) : IIssuer
{
    public const string KindName = "rabbitmq";

    // A call that the broker gave up after 4 s may still be worked on; what it makes then has no rights, as these are the last call of a mint.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    /// <summary>For the clocks of broker and server, and the second that the server reads expiries in.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(2);

    private static readonly Revocability OfUsers = new(
        EndBound.Broker,
        EarlyEnd.Immediate,
        TimeSpan.Zero,
        SettleTime,
        "the user is removed and its connections are closed at once; the server keeps no expiry, so while the broker is down the access goes on");

    public string Kind => KindName;

    public Revocability RevocabilityOf(IssueOrder order) =>
        RabbitMqTerms.TryRead(order.Settings, order.Grants, out var terms, out _) ? Declared(terms.Server) : OfUsers;

    public MintPlan Plan(IssueOrder order)
    {
        var isReadable = RabbitMqTerms.TryRead(order.Settings, order.Grants, out var terms, out _);
        var declared = isReadable ? Declared(terms!.Server) : OfUsers;
        var expiresAt = isReadable && terms!.Server.IsToken ? ExpiryOf(order, terms.Server.TokenLifetime) : Instants.Truncate(order.EndsAt);
        var data = isReadable ? UserHandle.Of(order, terms!.Server, expiresAt) : UserHandle.OfNothing(order);
        return new MintPlan(new RevocationHandle(KindName, order.Issuer, declared.EarlyEnd, declared.Within, declared.SettleTime, data), expiresAt);
    }

    public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        if (!RabbitMqTerms.TryRead(order.Settings, order.Grants, out var terms, out var problem))
            return new MintOutcome.Refused($"Nothing can be minted for {order.Entitlement}: {problem} The catalog has to be mended.");
        if (plan.ExpiresAt <= order.Now)
            return new MintOutcome.Refused($"The grant of {order.Entitlement} is over, or ends within a second.");
        var server = terms.Server;
        if (server.IsToken)
            return new SignToken(keys, options.PublicUrl, order, terms, plan.ExpiresAt).Run(clock.GetUtcNow());
        return RabbitMqTarget.TryFind(secrets, server.Management, server.User, server.Password, out var target, out problem)
            ? await new CreateUser(target, order, terms).RunAsync(cancellationToken)
            : new MintOutcome.Unavailable($"{order.Issuer} cannot be reached: {problem} Ask the platform team.", Obstacle.Denied);
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        if (UserHandle.IsOfNothing(handle))
            return new EndOutcome.Ended(Existed: true);
        if (UserHandle.Read(handle) is not { } user)
            return new EndOutcome.Failed(string.Create(CultureInfo.InvariantCulture, $"This is not a handle of the {KindName} issuer: kind `{handle.Kind}`, or `name`, `management`, `user` and `password` are missing or of another form."));
        if (!RabbitMqTarget.TryFind(secrets, user.Management, user.User, user.Password, out var target, out var problem))
            return new EndOutcome.Failed($"{handle.Target} cannot be reached: {problem} Put it back where it was until {user.Name} has ended.", Obstacle.Denied);
        return user.ExpiresAt is { } expiresAt
            ? await new EndToken(target, user.Name, expiresAt, handle.Within, clock).RunAsync(cancellationToken)
            : await new EndUser(target, user.Name, clock).RunAsync(cancellationToken);
    }

    private static Revocability Declared(RabbitMqSettings server) => server.IsToken
        ? new Revocability(
            EndBound.Target,
            EarlyEnd.AtExpiry,
            Skew,
            TimeSpan.Zero,
            $"the token's own expiry, at most {Durations.Human(server.TokenLifetime)} after it was collected; it cannot be taken back sooner, and a consumer that is open then receives until the broker has cut its connection")
        : OfUsers;

    /// <summary>Whole seconds, down: <c>exp</c> is an integer and must not pass the grant's end.</summary>
    private static DateTimeOffset ExpiryOf(IssueOrder order, TimeSpan lifetime)
    {
        var byLifetime = order.Now + lifetime;
        return DateTimeOffset.FromUnixTimeSeconds((byLifetime < order.EndsAt ? byLifetime : order.EndsAt).ToUnixTimeSeconds());
    }
}
