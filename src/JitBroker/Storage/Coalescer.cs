namespace JitBroker.Storage;

/// <summary>
/// Work that many ask for one by one and that is done for several at once: what comes while one run is under way goes together in the next. Nobody waits for
/// others to come, unless many just did. Where a run of several fails, each is run by itself, so that one that cannot be done does not keep the others from it.
/// </summary>
/// <param name="most">Items of one run.</param>
/// <param name="run">Does them all and returns one result for each, in their order. Runs one at a time.</param>
/// <param name="rest">After a run of eight or more, before the next: so that more come together while they come in crowds. By the machine's time, since nobody moves a clock for it.</param>
public sealed class Coalescer<TItem, TResult>(int most, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> run, TimeSpan rest = default)
{
    private const int Many = 8;

    private readonly Lock _lock = new();
    private readonly Queue<(TItem Item, TaskCompletionSource<TResult> Done)> _waiting = new();
    private Task _running = Task.CompletedTask;
    private bool _isRunning;

    /// <returns>What the run made of it, or its exception.</returns>
    public Task<TResult> DoAsync(TItem item)
    {
        var done = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue((item, done));
            if (!_isRunning)
            {
                _isRunning = true;
                _running = Task.Run(RunAllAsync);
            }
        }

        return done.Task;
    }

    /// <summary>Until nobody waits.</summary>
    public Task IdleAsync()
    {
        lock (_lock)
            return _running;
    }

    private async Task RunAllAsync()
    {
        while (Next() is { Count: > 0 } together)
        {
            try
            {
                await RunAsync(together);
                if (together.Count >= Many)
                    await Task.Delay(rest);
            }
            catch (Exception e) when (together.Count == 1)
            {
                together[0].Done.SetException(e);
            }
            catch (Exception)
            {
                foreach (var alone in together)
                    await RunAloneAsync(alone);
            }
        }
    }

    private async Task RunAloneAsync((TItem Item, TaskCompletionSource<TResult> Done) alone)
    {
        try
        {
            await RunAsync([alone]);
        }
        catch (Exception e)
        {
            alone.Done.SetException(e);
        }
    }

    private async Task RunAsync(IReadOnlyList<(TItem Item, TaskCompletionSource<TResult> Done)> together)
    {
        var results = await run([.. together.Select(t => t.Item)]);
        for (var i = 0; i < together.Count; i++)
            together[i].Done.SetResult(results[i]);
    }

    private List<(TItem Item, TaskCompletionSource<TResult> Done)> Next()
    {
        lock (_lock)
        {
            var next = new List<(TItem Item, TaskCompletionSource<TResult> Done)>();
            while (next.Count < most && _waiting.TryDequeue(out var waiting))
                next.Add(waiting);
            _isRunning = next.Count > 0;
            return next;
        }
    }
}
