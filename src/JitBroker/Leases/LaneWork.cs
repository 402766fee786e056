using System.Collections.Concurrent;

namespace JitBroker.Leases;

/// <summary>What this process has under way at one target: places that are reserved before anything is claimed, so that there are never more than its width.</summary>
internal sealed class LaneWork
{
    private readonly Lock _lock = new();
    private int _taken;

    public ConcurrentDictionary<Task, bool> Running { get; } = new();

    /// <summary>Takes all places that are free.</summary>
    public int Reserve(int width)
    {
        lock (_lock)
        {
            var free = Math.Max(0, width - _taken);
            _taken += free;
            return free;
        }
    }

    public void GiveBack(int places)
    {
        lock (_lock)
            _taken -= places;
    }

    public void Start(Func<Task> work)
    {
        // Registered before it can finish, so that the count is never too low.
        var task = new Task<Task>(work);
        var whole = task.Unwrap();
        Running[whole] = true;
        _ = whole.ContinueWith(done => Running.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        task.Start(TaskScheduler.Default);
    }
}
