namespace JitBroker.Issuing;

/// <summary>An issuer before and after whose calls the process may die.</summary>
internal sealed class CrashPointIssuer(IIssuer inner, CrashPoints points) : IIssuer
{
    public string Kind => inner.Kind;

    public Revocability RevocabilityOf(IssueOrder order) => inner.RevocabilityOf(order);

    public MintPlan Plan(IssueOrder order) => inner.Plan(order);

    public Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken) =>
        points.AroundAsync($"mint at {Kind}", () => inner.MintAsync(order, plan, cancellationToken));

    public Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken) =>
        points.AroundAsync($"end at {Kind}", () => inner.EndAsync(handle, cancellationToken));
}

/// <inheritdoc cref="CrashPointIssuer"/>
internal sealed class CrashPointProlongs(IProlongs inner, string kind, CrashPoints points) : IProlongs
{
    public Task<ProlongOutcome> ProlongAsync(RevocationHandle handle, DateTimeOffset until, CancellationToken cancellationToken) =>
        points.AroundAsync($"prolong at {kind}", () => inner.ProlongAsync(handle, until, cancellationToken));
}
