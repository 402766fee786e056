namespace JitBroker.Playground.Teams.Delivery;

/// <summary>What goes on in the background, so that the end can wait for it.</summary>
internal sealed class Errands
{
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];

    public void Run(Task errand)
    {
        lock (_gate) _running.Add(errand);
        _ = errand.ContinueWith(done => { lock (_gate) _running.Remove(done); }, TaskScheduler.Default);
    }

    /// <summary>Waits for all; what went wrong in them is nobody's any more.</summary>
    public async Task EndAsync()
    {
        Task[] running;
        lock (_gate) running = [.. _running];
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
