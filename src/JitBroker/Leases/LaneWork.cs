using System.Collections.Concurrent;

namespace JitBroker.Leases;

/// <summary>
/// What this process has under way at one target: places that are reserved before anything is claimed, so that it is never asked more than its width at a time, nor
/// more answers than <see cref="MostUnrecorded"/> wait to be recorded.
/// </summary>
internal sealed class LaneWork
{
    /// <summary>Answers of one target that may wait to be recorded. They are what a process that dies here has to ask again.</summary>
    private const int MostUnrecorded = 64;

    private readonly Lock _lock = new();
    private int _asking;
    private int _unrecorded;
    private bool _isFilling;
    private bool _isWanted;

    public ConcurrentDictionary<Task, bool> Running { get; } = new();

    /// <summary>One fills at a time: who comes meanwhile is served together by the next filling.</summary>
    /// <returns>False: somebody fills, and fills once more after it.</returns>
    public bool TryBeginFilling()
    {
        lock (_lock)
        {
            var isFree = !_isFilling;
            _isWanted = _isFilling;
            _isFilling = true;
            return isFree;
        }
    }

    /// <returns>Whether somebody came meanwhile.</returns>
    public bool EndFilling()
    {
        lock (_lock)
        {
            _isFilling = false;
            return _isWanted;
        }
    }

    /// <summary>Takes all places that are free.</summary>
    public int Reserve(int width)
    {
        lock (_lock)
        {
            var free = Math.Max(0, Math.Min(width - _asking, MostUnrecorded - _asking - _unrecorded));
            _asking += free;
            return free;
        }
    }

    public void GiveBack(int places)
    {
        lock (_lock)
            _asking -= places;
    }

    /// <summary>The target has answered; its place is free, and the answer is to be recorded.</summary>
    public void Answered()
    {
        lock (_lock)
        {
            _asking--;
            _unrecorded++;
        }
    }

    public void Recorded()
    {
        lock (_lock)
            _unrecorded--;
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
