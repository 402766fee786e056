using JitBroker.Issuers.Kafka;
using JitBroker.Issuing;
using JitBroker.Tests.Issuing;

namespace JitBroker.Tests.Kafka;

public sealed class FakeScramContract() : KafkaContract("scram", isReal: false);

public sealed class FakeJwtContract() : KafkaContract("jwt", isReal: false);

public sealed class RealScramContract() : KafkaContract("scram", isReal: true);

public sealed class RealJwtContract() : KafkaContract("jwt", isReal: true);

/// <summary>The <c>kafka</c> issuer at a cluster, either mode; credentials are tried by logging in and fetching.</summary>
public abstract class KafkaContract(string mode, bool isReal) : IssuerContract
{
    private KafkaBench _bench = null!;

    /// <summary>A credential's stand-in whose end lies behind; see <see cref="LetExpireAsync"/>.</summary>
    private Credential? _aged;

    protected override IReadOnlyList<string> StandingSecrets => [isReal ? KafkaServer.AdminPassword : FakeCluster.AdminPassword];

    /// <summary>The issuer logs nothing. What the server itself says holds no secret of a holder either.</summary>
    protected override string LoggedText => _bench.Log.Text + _bench.Server?.Log;

    public override async ValueTask InitializeAsync() => _bench = isReal ? await KafkaBench.RealAsync() : await KafkaBench.FakeAsync();

    public override ValueTask DisposeAsync() => _bench?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override IIssuer NewIssuer() => _bench.Issuer();

    protected override IssueOrder NewOrder() => _bench.Order(mode);

    protected override Task<bool> WorksAsync(Credential credential) => KafkaBench.WorksAsync(_aged ?? credential);

    /// <summary>The rights were made, the connection went, and the core heard of nothing. The real server is healthy: there the answer alone is lost.</summary>
    protected override async Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan)
    {
        if (isReal)
            return Assert.IsType<MintOutcome.Minted>(await NewIssuer().MintAsync(order, plan, Token)).Credential;
        _bench.Brokers[0].Sent = static (key, frame) => key == 30 ? null : frame;
        Assert.IsType<MintOutcome.Unavailable>(await NewIssuer().MintAsync(order, plan, Token));
        Assert.NotEmpty(await TracesAsync(order.LeaseId));
        _bench.Brokers[0].Sent = static (_, frame) => frame;
        return null;
    }

    /// <summary>Of a login no clock of Kafka's knows. The clock of the fake moves. The real server's cannot, so the end in the token comes nearer by the time that would have to pass: the same token, signed with another expiry.</summary>
    protected override Task LetExpireAsync(MintPlan plan)
    {
        if (_bench.Clock is SteppedClock clock)
        {
            clock.MoveTo(plan.ExpiresAt + TimeSpan.FromSeconds(30));
            return Task.CompletedTask;
        }

        if (mode == "scram")
            return Task.CompletedTask;
        var now = _bench.Clock.GetUtcNow();
        var order = NewOrder() with { Now = now - TimeSpan.FromHours(1) };
        Assert.True(KafkaSettings.TryRead(order.Issuer, order.Settings, out var settings, out _));
        var user = plan.Handle.Data["user"]!.ToString();
        Assert.True(_bench.Tokens().TrySign(order, settings, user, now - TimeSpan.FromSeconds(31), out var token, out _));
        _aged = KafkaCredential.OfToken(settings, user, token);
        return Task.CompletedTask;
    }

    protected override async Task<IReadOnlyList<string>> TracesAsync(string leaseId) =>
        [.. (await _bench.StandingAsync()).Where(name => name.Contains(leaseId, StringComparison.OrdinalIgnoreCase))];

    protected override IReadOnlyList<string> SecretsOf(Credential credential)
    {
        var body = credential.Reveal();
        return [(body["password"] ?? body["token"])!.ToString()];
    }
}
