using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Benchmarks.Ack;

/// <summary>A target that takes every call and answers none, not even when it is told to give up.</summary>
internal sealed class HangingIssuer : IIssuer
{
    private int _mints;
    private int _ends;

    public string Kind => "http";

    /// <summary>Calls that were made and will never return.</summary>
    public int Mints => Volatile.Read(ref _mints);

    /// <inheritdoc cref="Mints"/>
    public int Ends => Volatile.Read(ref _ends);

    public Revocability RevocabilityOf(IssueOrder order) => new(EndBound.Broker, EarlyEnd.Immediate, TimeSpan.Zero, TimeSpan.Zero, "nothing: it hangs");

    public MintPlan Plan(IssueOrder order) =>
        new(new RevocationHandle(Kind, "door", EarlyEnd.Immediate, TimeSpan.Zero, TimeSpan.Zero, new JsonObject { ["lease"] = order.LeaseId }), order.EndsAt);

    public Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _mints);
        return new TaskCompletionSource<MintOutcome>().Task;
    }

    public Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _ends);
        return new TaskCompletionSource<EndOutcome>().Task;
    }
}
