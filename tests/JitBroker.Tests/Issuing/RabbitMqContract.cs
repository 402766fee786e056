using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>The <c>rabbitmq</c> issuer in <c>mode: user</c> at a real server.</summary>
public sealed class RabbitMqUserContract : RabbitMqContract
{
    protected override IssueOrder NewOrder() => Bench.Order();

    /// <summary>A pattern that the server does not read fails the last call of a mint: the user stands there, without any right.</summary>
    protected override async Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan)
    {
        var grants = RabbitMqBench.ReadsOrders;
        grants["read"] = "^(orders";
        Assert.IsType<MintOutcome.Refused>(await NewIssuer().MintAsync(order with { Grants = grants.ToJsonString() }, plan, Token));
        Assert.NotEmpty(await TracesAsync(order.LeaseId));
        return null;
    }

    /// <summary>The server has no clock for users.</summary>
    protected override Task LetExpireAsync(MintPlan plan) => Task.CompletedTask;

    protected override Task<IReadOnlyList<string>> TracesAsync(string leaseId) => Bench.Server.UsersAsync($"jit-{leaseId.ToLowerInvariant()}");
}

/// <summary>The <c>rabbitmq</c> issuer in <c>mode: jwt</c> at a real server with the oauth2 backend.</summary>
public sealed class RabbitMqTokenContract : RabbitMqContract
{
    // Long enough to be tried on a busy machine, short enough to be waited for: the expiry is signed, and the server's clock cannot be moved.
    private const string Lifetime = "6s";

    protected override IssueOrder NewOrder() => Bench.Order(settings: Bench.Settings("jwt", lifetime: Lifetime));

    /// <summary>A token that was signed and whose answer was lost on the way.</summary>
    protected override async Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan) =>
        Assert.IsType<MintOutcome.Minted>(await NewIssuer().MintAsync(order, plan, Token)).Credential;

    protected override Task LetExpireAsync(MintPlan plan) =>
        Eventually.TrueAsync(() => Task.FromResult(RabbitMqBench.RealTime().GetUtcNow() > plan.ExpiresAt + plan.Handle.Within + TimeSpan.FromSeconds(1)));

    /// <summary>A token leaves nothing at the server but its connections, under the name that the handle holds.</summary>
    protected override async Task<IReadOnlyList<string>> TracesAsync(string leaseId)
    {
        var name = Issuers.RabbitMq.UserHandle.NameOf(leaseId, NewOrder().Holder);
        return await Bench.Server.ConnectionsAsync(name) == 0 ? [] : [name];
    }
}

public abstract class RabbitMqContract : IssuerContract
{
    private protected RabbitMqBench Bench { get; private set; } = null!;

    protected override IReadOnlyList<string> StandingSecrets =>
    [
        RabbitMqServer.Password,
        .. Directory.GetFiles(Bench.KeysDirectory, "*.pem").SelectMany(File.ReadAllLines).Where(line => line.Length >= 40 && !line.StartsWith('-')),
    ];

    /// <summary>The issuer logs nothing; the server must have been told no secret either.</summary>
    protected override string LoggedText => File.ReadAllText(Bench.Server.LogFile);

    public override async ValueTask InitializeAsync() => Bench = await RabbitMqBench.GetAsync();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override IIssuer NewIssuer() => Bench.Issuer();

    protected override Task<bool> WorksAsync(Credential credential) => RabbitMqBench.MayReadAsync(credential);

    protected override IReadOnlyList<string> SecretsOf(Credential credential) => [(string)credential.Reveal()["password"]!];
}
