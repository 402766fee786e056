using System.Collections.Concurrent;

namespace JitBroker.Leases;

/// <summary>A lease that this process has claimed and its target is to be asked for.</summary>
/// <param name="IsProbe">The target is paused, and this is the one attempt it gets.</param>
/// <param name="AskBefore">Later its claim might run out while the target is asked, and another process be at it too.</param>
internal readonly record struct Claimed(Lease Lease, bool IsProbe, DateTimeOffset AskBefore);

/// <summary>
/// What this process has under way at one target. The target is never asked for more at a time than its width. While it answers promptly more than that is
/// claimed, since a claim costs as much as many answers; while it does not, no more than is worked on.
/// </summary>
internal sealed class LaneWork
{
    /// <summary>Claimed and not recorded, at the most: what a process that dies here leaves to be claimed again after <c>Replica.ClaimFor</c>.</summary>
    private const int MostClaimed = 128;

    /// <summary>An answer that takes no longer is prompt.</summary>
    private static readonly TimeSpan Prompt = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Queue<Claimed> _waiting = new();
    private int _asking;
    private int _unrecorded;
    private bool _isPrompt;
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

    /// <summary>How many may be claimed now by who fills.</summary>
    public int Room(int width)
    {
        lock (_lock)
        {
            var open = _asking + _waiting.Count;
            var most = _isPrompt ? MostClaimed : width;
            return open < width ? Math.Max(0, Math.Min(most, MostClaimed - _unrecorded) - open) : 0;
        }
    }

    public void Add(IEnumerable<Claimed> claimed)
    {
        lock (_lock)
        {
            foreach (var one in claimed)
                _waiting.Enqueue(one);
        }
    }

    /// <summary>The next to ask for, if the target may be asked for one more; what has waited too long is left to whoever claims it after its claim has run out.</summary>
    public Claimed? Next(int width, DateTimeOffset now)
    {
        lock (_lock)
        {
            while (_asking < width && _waiting.TryDequeue(out var next))
            {
                if (now >= next.AskBefore)
                    continue;
                _asking++;
                return next;
            }

            return null;
        }
    }

    /// <summary>It has done as it was asked: it may be asked for the next, while this is recorded.</summary>
    public void Answered(TimeSpan after)
    {
        lock (_lock)
        {
            _isPrompt = after <= Prompt;
            _asking--;
            _unrecorded++;
        }
    }

    /// <summary>The record of an answer is made, or failed.</summary>
    public void Recorded()
    {
        lock (_lock)
            _unrecorded--;
    }

    /// <summary>It has not done as it was asked: nothing that was claimed ahead is asked for before it is learnt what that says of it.</summary>
    /// <returns>What was claimed ahead, to be let go.</returns>
    public IReadOnlyList<Lease> Missed()
    {
        lock (_lock)
        {
            _isPrompt = false;
            return TakeBack();
        }
    }

    /// <summary>What was claimed ahead, to be let go: it is not asked for here any more.</summary>
    public IReadOnlyList<Lease> TakeBack()
    {
        lock (_lock)
        {
            var ahead = _waiting.Select(w => w.Lease).ToList();
            _waiting.Clear();
            return ahead;
        }
    }

    /// <summary>The attempt is over and recorded, or failed to be.</summary>
    public void GiveBack()
    {
        lock (_lock)
            _asking--;
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
