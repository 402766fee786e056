using JitBroker.Scheduling;
using Microsoft.Extensions.Logging;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// Each minute: has the policies of roles written anew whose entries have served their time, or whose last writer died. An IAM that is away delays nothing
/// but this, and is asked again a minute later.
/// </summary>
internal sealed class PruneDenialsSweep(DenyStore store, WriteDenials write, TimeProvider clock, ILogger<WriteDenials> log) : ISweep
{
    private const int Batch = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public Sweep Sweep => Sweep.Prune;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        foreach (var role in await store.StaleAsync(clock.GetUtcNow(), Batch, cancellationToken))
            await WriteAsync(role, patience.Token, cancellationToken);
    }

    private async Task WriteAsync(string role, CancellationToken patience, CancellationToken cancellationToken)
    {
        try
        {
            await write.RunAsync(role, int.MaxValue, way: null, isForced: true, patience);
        }
        catch (Exception e) when (e is ClosedAccountException || Trouble.IsExpected(e, cancellationToken))
        {
            Log.NotPruned(log, role, Trouble.CodeOf(e) ?? e.GetType().Name);
        }
    }
}
