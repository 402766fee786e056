using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
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

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task What_is_due_and_not_done_yet_does_not_hide_what_falls_due_next(Engine engine)
    {
        await using var databases = await Databases.NewAsync(engine);
        await using var services = Services(databases.Database);
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        var now = Clock.GetUtcNow();
        await databases.Database.WriteAsync(
            async session =>
            {
                // Nobody sends here, so what is due stays due.
                foreach (var at in new[] { now.AddMinutes(-1), now, now.AddHours(2), now.AddHours(1) })
                    await services.GetRequiredService<OutboxStore>().InsertAsync(session, DueAt(at), CancellationToken.None);
            },
            CancellationToken.None);
        await services.GetRequiredService<AlarmClock>().StartAsync(CancellationToken.None);

        await scheduler.Start();

        await Eventually.TrueAsync(async () => await ArmedForAsync(scheduler) == now.AddHours(1));
        await services.GetRequiredService<AlarmClock>().StopAsync(CancellationToken.None);
        await scheduler.Shutdown(waitForJobsToComplete: true);
    }

    [Fact]
    public async Task While_the_database_is_away_the_one_shot_is_armed_for_another_look()
    {
        await using var databases = await Databases.NewAsync(Engine.Postgres);
        var settings = new NpgsqlConnectionStringBuilder(databases.ConnectionString);
        await using var wire = new CutProxy(settings.Port);
        (settings.Port, settings.Timeout) = (wire.Port, 5);
        await using var database = new PostgresDatabase(settings.ConnectionString);
        await using var services = Services(database);
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await services.GetRequiredService<AlarmClock>().StartAsync(CancellationToken.None);
        await wire.CutAsync();

        await scheduler.Start();

        await Eventually.TrueAsync(async () => await ArmedForAsync(scheduler) == Clock.GetUtcNow().AddSeconds(1));
        await services.GetRequiredService<AlarmClock>().StopAsync(CancellationToken.None);
        await scheduler.Shutdown(waitForJobsToComplete: true);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task The_next_of_each_kind_is_the_first_that_is_not_due_yet(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var (first, second) = (await broker.GrantAsync("ana", TimeSpan.FromMinutes(10)), await broker.GrantAsync("cy", TimeSpan.FromMinutes(20)));
        var (sooner, later) = (await broker.AskAsync("ana", TestCatalog.Two), await AskedLaterAsync(broker));

        var found = await broker.Database.ReadAsync(
            async session => (
                Grant: await broker.Get<GrantStore>().NextDueAsync(session, first.EndsAt, CancellationToken.None),
                NoGrant: await broker.Get<GrantStore>().NextDueAsync(session, second.EndsAt, CancellationToken.None),
                Lapse: await broker.Get<RequestStore>().NextLapseAsync(session, sooner.LapsesAt, CancellationToken.None),
                NoLapse: await broker.Get<RequestStore>().NextLapseAsync(session, later.LapsesAt, CancellationToken.None)),
            CancellationToken.None);

        Assert.Equal((second.EndsAt, null, later.LapsesAt, null), found);
    }

    private static async Task<Request> AskedLaterAsync(TestBroker broker)
    {
        broker.Clock.Advance(TimeSpan.FromMinutes(1));
        return await broker.AskAsync("cy", TestCatalog.Two);
    }

    private static Delivery DueAt(DateTimeOffset at) => new()
    {
        Id = Ids.New(at), Surface = "slack", Template = Templates.StuckNotice, AboutId = "a lease", Recipient = Recipients.Channel("C0OPS"),
        State = DeliveryState.Pending.ToText(), CreatedAt = at, NextAttemptAt = at,
    };

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
