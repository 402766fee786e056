using JitBroker.Catalog;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace JitBroker.Tests.Loop;

/// <summary>The one-shot that makes an expiry ring at its instant, and not at the next second.</summary>
public sealed class AlarmClockTests
{
    private static readonly ManualClock Clock = new();

    [Fact]
    public async Task Once_it_has_rung_the_one_shot_is_armed_for_what_falls_due_next()
    {
        await using var databases = await Databases.NewAsync(Engine.Sqlite);
        await using var services = Services(databases.Database);
        var (scheduler, wakeups) = (await services.GetRequiredService<ISchedulerFactory>().GetScheduler(), services.GetRequiredService<Wakeups>());
        var now = Clock.GetUtcNow();
        await services.GetRequiredService<AlarmClock>().StartAsync(CancellationToken.None);
        await scheduler.Start();
        await Eventually.TrueAsync(async () => await ArmedForAsync(scheduler) is null);

        wakeups.DueAt(now.AddHours(2));
        await Eventually.TrueAsync(async () => await ArmedForAsync(scheduler) == now.AddHours(2));
        wakeups.DueAt(now.AddHours(3));
        wakeups.DueAt(now.AddHours(1));
        await Eventually.TrueAsync(async () => await ArmedForAsync(scheduler) == now.AddHours(1));

        await services.GetRequiredService<AlarmClock>().StopAsync(CancellationToken.None);
        await scheduler.Shutdown(waitForJobsToComplete: true);
    }

    [Fact]
    public async Task Of_many_instants_told_at_once_the_earliest_is_rung_for()
    {
        await using var databases = await Databases.NewAsync(Engine.Sqlite);
        await using var services = Services(databases.Database);
        var (scheduler, wakeups) = (await services.GetRequiredService<ISchedulerFactory>().GetScheduler(), services.GetRequiredService<Wakeups>());
        var now = Clock.GetUtcNow();
        await services.GetRequiredService<AlarmClock>().StartAsync(CancellationToken.None);
        await scheduler.Start();
        await Eventually.TrueAsync(async () => await ArmedForAsync(scheduler) is null);

        Parallel.For(1, 200, i => wakeups.DueAt(now.AddMinutes(i)));

        await Eventually.TrueAsync(async () => await ArmedForAsync(scheduler) == now.AddMinutes(1));
        await services.GetRequiredService<AlarmClock>().StopAsync(CancellationToken.None);
        await scheduler.Shutdown(waitForJobsToComplete: true);
    }

    [Fact]
    public void Where_sweeps_are_rung_what_they_claimed_ahead_is_let_go_at_the_stop() =>
        Assert.Single(new ServiceCollection().AddScheduling(Clock), s => s.ServiceType == typeof(IHostedService) && s.ImplementationType == typeof(LetGoAtStop));

    private static async Task<DateTimeOffset?> ArmedForAsync(IScheduler scheduler) =>
        (await scheduler.GetTrigger(AlarmClock.OneShot))?.StartTimeUtc;

    private static ServiceProvider Services(Database database)
    {
        var services = new ServiceCollection().AddLogging();
        var limits = new BrokerLimits(TimeSpan.FromHours(4), TimeSpan.FromHours(12));
        services.AddCore(new CoreOptions(database, Clock, TestCatalog.Of(), limits, new AskLimits(10, 10, 10), MintOptions.Default, new ChatSurfaces([]), new Replica("one")));
        services.AddScheduling(Clock);
        return services.BuildServiceProvider();
    }
}
