namespace JitBroker.Playground.State;

/// <summary>A number that grows with every change, and a way to wait for it to grow. A reader who comes late misses nothing: it compares numbers.</summary>
internal sealed class Changes
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision = 1;

    public long Revision
    {
        get { lock (_gate) return _revision; }
    }

    public void Tell()
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            _revision++;
            told = _next;
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        told.SetResult();
    }

    /// <summary>The newest revision, as soon as it is above the one already seen.</summary>
    public async Task<long> AfterAsync(long seen, CancellationToken ct)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (_revision > seen) return _revision;
                next = _next.Task;
            }
            await next.WaitAsync(ct);
        }
    }
}
