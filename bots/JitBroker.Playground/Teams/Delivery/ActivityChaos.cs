using System.Text.Json.Nodes;
using JitBroker.Playground.Chaos;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Delivery;

/// <summary>The unkind way to the bot, by the same switch as Slack's: late, out of order, twice, and again because an answer was lost.</summary>
internal sealed class ActivityChaos(BotDelivery bot, ChaosSwitch chaos, Tenant tenant) : IBotDelivery, IAsyncDisposable
{
    private const int MostAttempts = 4;

    private readonly CancellationTokenSource _stop = new();
    private readonly Errands _late = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _younger = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task<DeliveryOutcome> DeliverAsync(JsonObject activity, CancellationToken ct)
    {
        if (!chaos.Settings.IsOn) return await bot.DeliverAsync(activity, ct);
        var what = BotDelivery.TypeOf(activity);
        if (chaos.Happens("delay", what)) await Task.Delay(chaos.Delay("delay", what), tenant.Clock, ct);
        if (chaos.Happens("reorder", what)) await Task.WhenAny(Younger(), Task.Delay(TimeSpan.FromMilliseconds(chaos.Settings.DelayMs), tenant.Clock, ct));
        else Overtake();
        if (chaos.Happens("duplicate", what)) _late.Run(AgainAsync((JsonObject)activity.DeepClone(), chaos.Delay("duplicate", what) * 10));
        var outcome = await bot.DeliverAsync(activity, ct);
        for (var attempt = 1; outcome.Ok && attempt < MostAttempts && chaos.Happens("drop_acks", what); attempt++) outcome = await bot.DeliverAsync(activity, ct);
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _late.EndAsync();
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

    private async Task AgainAsync(JsonObject activity, TimeSpan later)
    {
        await Task.Delay(later, tenant.Clock, _stop.Token);
        await bot.DeliverAsync(activity, _stop.Token);
    }
}
