using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>The <c>jwt</c> issuer at a verifier that looks at signature and expiry alone.</summary>
public abstract class OfflineJwtContract(string algorithm) : JwtContract(algorithm, "offline")
{
    protected override async Task<bool> WorksAsync(Credential credential)
    {
        var jwks = (await Bench.Discovery.JwksAsync(Token))!.ToJsonString();
        return RawJwt.Accepts(JwtBench.TokenOf(credential), jwks, JwtBench.PublicUrl, JwtBench.Audience, Bench.Clock.GetUtcNow(), TimeSpan.FromMinutes(1));
    }
}

/// <summary>The <c>jwt</c> issuer at a verifier that asks the broker at each use.</summary>
public abstract class IntrospectedJwtContract(string algorithm) : JwtContract(algorithm, "introspection")
{
    protected override async Task<bool> WorksAsync(Credential credential)
    {
        var outcome = await Bench.Introspection.AnswerAsync(JwtBench.Basic, JwtBench.TokenOf(credential), Token);
        return Assert.IsType<IntrospectionOutcome.Answer>(outcome).Body["active"]!.GetValue<bool>();
    }
}

public sealed class OfflineRs256Contract() : OfflineJwtContract("RS256");

public sealed class OfflineEs256Contract() : OfflineJwtContract("ES256");

public sealed class IntrospectedRs256Contract() : IntrospectedJwtContract("RS256");

public sealed class IntrospectedEs256Contract() : IntrospectedJwtContract("ES256");

public abstract class JwtContract(string algorithm, string verify) : IssuerContract
{
    private protected JwtBench Bench { get; private set; } = null!;

    protected override IReadOnlyList<string> StandingSecrets =>
    [
        JwtBench.CallerSecret,
        .. Directory.GetFiles(Bench.KeysDirectory, "*.pem").SelectMany(File.ReadAllLines).Where(line => line.Length >= 40 && !line.StartsWith('-')),
    ];

    protected override string LoggedText => Bench.Log.Text;

    public override async ValueTask InitializeAsync() => Bench = await JwtBench.StartAsync();

    public override ValueTask DisposeAsync() => Bench.DisposeAsync();

    protected override IIssuer NewIssuer() => Bench.Issuer();

    protected override IssueOrder NewOrder() => Bench.Order(algorithm, verify);

    /// <summary>A token that was signed and whose answer was lost on the way.</summary>
    protected override async Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan) =>
        Assert.IsType<MintOutcome.Minted>(await NewIssuer().MintAsync(order, plan, Token)).Credential;

    protected override Task LetExpireAsync(MintPlan plan)
    {
        Bench.Clock.MoveTo(plan.ExpiresAt + plan.Handle.Within);
        return Task.CompletedTask;
    }

    protected override Task OnMintedAsync(IssueOrder order)
    {
        Bench.Standings.Activate(order);
        return Task.CompletedTask;
    }

    protected override Task OnEndingAsync(IssueOrder order)
    {
        Bench.Standings.End(order);
        return Task.CompletedTask;
    }

    /// <summary>A token is nowhere but in its holder's hands.</summary>
    protected override Task<IReadOnlyList<string>> TracesAsync(string leaseId) => Task.FromResult<IReadOnlyList<string>>([]);

    protected override IReadOnlyList<string> SecretsOf(Credential credential) =>
        [JwtBench.TokenOf(credential), JwtBench.TokenOf(credential).Split('.')[2]];
}
