namespace JitBroker.Playground.Delivery;

/// <summary>Events go out in the background and are tried up to three times more: at once, after one minute, after five.</summary>
internal sealed class EventDispatch(IAppDelivery app, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>The first try's outcome; further tries go on by themselves.</summary>
    public async Task<DeliveryOutcome> SendAsync(AppDelivery delivery, CancellationToken ct)
    {
        var outcome = await app.DeliverAsync(delivery, ct);
        if (!outcome.Ok && !outcome.NoRetry && outcome.Failure != "not_connected") Track(RetryAsync(delivery, outcome));
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] running;
        lock (_gate) running = [.. _running];
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private void Track(Task task)
    {
        lock (_gate) _running.Add(task);
        _ = task.ContinueWith(done => { lock (_gate) _running.Remove(done); }, TaskScheduler.Default);
    }

    private async Task RetryAsync(AppDelivery delivery, DeliveryOutcome failed)
    {
        for (var i = 0; i < Pauses.Length && !failed.Ok && !failed.NoRetry; i++)
        {
            await Task.Delay(Pauses[i], clock, _stop.Token);
            var reason = failed.Failure == "operation_timeout" ? "http_timeout" : failed.Failure;
            failed = await app.DeliverAsync(delivery with { RetryNumber = i + 1, RetryReason = reason }, _stop.Token);
        }
    }
}
