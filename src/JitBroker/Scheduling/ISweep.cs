namespace JitBroker.Scheduling;

/// <summary>
/// A kind of periodic work that looks in the database for what is due, claims it and dispatches it. Harmless to run at any time, twice, or on several
/// replicas at once; a run that dies halfway is made up for by the next.
/// </summary>
public interface ISweep
{
    Sweep Sweep { get; }

    Task RunAsync(CancellationToken cancellationToken);
}
