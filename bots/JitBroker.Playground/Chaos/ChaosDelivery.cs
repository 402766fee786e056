using JitBroker.Playground.Delivery;

namespace JitBroker.Playground.Chaos;

/// <summary>
/// The unkind way to the app: late, out of order, twice, and again because an answer was lost. Of one delivery's attempts the last is left alone: that
/// nothing gets through at all is another trouble, and the person is told of it.
/// </summary>
internal sealed class ChaosDelivery(AppRouter app, ChaosSwitch chaos, TimeProvider clock) : IAppDelivery, IAsyncDisposable
{
    private const int MostAttempts = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _late = [];
    private TaskCompletionSource _younger = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<DeliveryOutcome> DeliverAsync(AppDelivery delivery, CancellationToken ct)
    {
        if (!chaos.Settings.IsOn) return await app.DeliverAsync(delivery, ct);
        var what = delivery.Type;
        if (chaos.Happens("delay", what)) await Task.Delay(chaos.Delay("delay", what), clock, ct);
        if (chaos.Happens("reorder", what)) await Task.WhenAny(Younger(), Task.Delay(TimeSpan.FromMilliseconds(chaos.Settings.DelayMs), clock, ct));
        else Overtake();
        if (chaos.Happens("duplicate", what)) Track(AgainAsync(delivery, chaos.Delay("duplicate", what) * 10));
        var outcome = await app.DeliverAsync(delivery, ct);
        for (var attempt = 1; outcome.Ok && attempt < MostAttempts && chaos.Happens("drop_acks", what); attempt++)
            outcome = await app.DeliverAsync(delivery with { RetryNumber = delivery.RetryNumber + attempt, RetryReason = "http_timeout" }, ct);
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] late;
        lock (_gate) late = [.. _late];
        await Task.WhenAll(late).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private Task Younger()
    {
        lock (_gate) return _younger.Task;
    }

    private void Overtake()
    {
        TaskCompletionSource overtaken;
        lock (_gate) (overtaken, _younger) = (_younger, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        overtaken.SetResult();
    }

    private async Task AgainAsync(AppDelivery delivery, TimeSpan later)
    {
        await Task.Delay(later, clock, _stop.Token);
        await app.DeliverOtherwiseAsync(delivery, _stop.Token);
    }

    private void Track(Task task)
    {
        lock (_gate) _late.Add(task);
        _ = task.ContinueWith(done => { lock (_gate) _late.Remove(done); }, TaskScheduler.Default);
    }
}
