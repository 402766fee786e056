using System.Text.Json.Nodes;
using JitBroker.Issuers.Aws;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Tests.Issuing;

public sealed class AwsContractOnSqlite() : AwsContract(Engine.Sqlite);

public sealed class AwsContractOnPostgres() : AwsContract(Engine.Postgres);

/// <summary>The <c>aws-sts</c> issuer at moto, as the user that its README makes.</summary>
public abstract class AwsContract(Engine engine) : IssuerContract
{
    private AwsBench _bench = null!;

    protected override IReadOnlyList<string> StandingSecrets => _bench.BrokersSecrets;

    protected override string LoggedText => _bench.LoggedText;

    public override async ValueTask InitializeAsync() => _bench = await AwsBench.NewAsync(engine);

    public override ValueTask DisposeAsync() => _bench.DisposeAsync();

    protected override IIssuer NewIssuer() => _bench.Issuer();

    protected override IssueOrder NewOrder() => _bench.Order();

    /// <summary>What AWS would say; where that is yes, moto must say so too.</summary>
    protected override async Task<bool> WorksAsync(Credential credential) => await _bench.MayAsync(credential) && await _bench.ReadsAsync(credential);

    /// <summary>AWS gave the session out and the answer was lost on the way; somebody has it all the same.</summary>
    protected override async Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan)
    {
        _bench.Wire.LosesAnswersTo = "AssumeRole";
        Assert.IsType<MintOutcome.Unavailable>(await NewIssuer().MintAsync(order, plan, Token));
        _bench.Wire.LosesAnswersTo = null;
        var (id, secret, token) = _bench.Wire.Last;
        return new Credential(AwsIssuer.KindName, new JsonObject { ["accessKeyId"] = id, ["secretAccessKey"] = secret, ["sessionToken"] = token });
    }

    protected override Task LetExpireAsync(MintPlan plan)
    {
        _bench.Clock.MoveTo(plan.ExpiresAt);
        return Task.CompletedTask;
    }

    protected override Task LetTakeEffectAsync(RevocationHandle handle)
    {
        _bench.Clock.Advance(handle.Within);
        return Task.CompletedTask;
    }

    /// <summary>A session is no object; that it is denied stands there on purpose.</summary>
    protected override Task<IReadOnlyList<string>> TracesAsync(string leaseId) => Task.FromResult<IReadOnlyList<string>>([]);

    protected override IReadOnlyList<string> SecretsOf(Credential credential) => [credential.Reveal()["secretAccessKey"]!.ToString(), credential.Reveal()["sessionToken"]!.ToString()];
}
