using System.Collections.Concurrent;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Storage;
using Microsoft.Extensions.Hosting;
using Quartz;

namespace JitBroker.Scheduling;

/// <summary>
/// Quartz as the alarm clock: each sweep rings each second, and one re-armed one-shot rings at the next known due instant, so that an expiry is acted on
/// within milliseconds. The rows are the truth; a ring that is lost costs a second.
/// </summary>
internal sealed class AlarmClock(
    ISchedulerFactory schedulers, Wakeups wakeups, Database database, GrantStore grants, DueLeaseStore dueLeases, RequestStore requests, ReviewStore reviews, OutboxStore outbox, TimeProvider clock)
    : IHostedService
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Between two rings of the one-shot. What falls due within it is worked on together: by the thousand within a second each would have all sweeps look for it alone.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private static readonly JobKey Due = new("due", "due");

    internal static readonly TriggerKey OneShot = new("one-shot", "due");

    /// <summary>What may fall due at an instant that is known beforehand.</summary>
    private static readonly Sweep[] OnDue = [Sweep.StartGrants, Sweep.EndGrants, Sweep.RevokeLeases, Sweep.LapseRequests, Sweep.NudgeRequests, Sweep.RemindReviews, Sweep.DeliverOutbox];

    private readonly ConcurrentDictionary<Sweep, bool> _ringing = new();
    private readonly Lock _arming = new();
    private bool _isSetting;
    private IScheduler? _scheduler;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;
    private DateTimeOffset _rungAt = DateTimeOffset.MinValue;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var sweep in Enum.GetValues<Sweep>())
        {
            var every = sweep is Sweep.Prune or Sweep.RotateKeys or Sweep.Reconcile or Sweep.TellOwners ? TimeSpan.FromMinutes(1) : Beat;
            await _scheduler.ScheduleJob(
                JobBuilder.Create<SweepJob>().WithIdentity(KeyOf(sweep)).Build(),
                TriggerBuilder.Create()
                    .StartAt(clock.GetUtcNow())
                    .WithSimpleSchedule(s => s.WithInterval(every).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NextWithRemainingCount))
                    .Build(),
                cancellationToken: cancellationToken);
        }

        // Durable: a job whose only trigger has fired is forgotten otherwise, and could never be armed again.
        await _scheduler.ScheduleJob(JobBuilder.Create<DueJob>().WithIdentity(Due).StoreDurably().Build(), OneShotAt(clock.GetUtcNow()), cancellationToken: cancellationToken);
        wakeups.Connect(Ring, Arm);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        wakeups.Connect(null, null);
        return Task.CompletedTask;
    }

    /// <summary>The sweep has begun to look; a ring from now on needs another look.</summary>
    public void Answered(Sweep sweep) => _ringing.TryRemove(sweep, out _);

    /// <summary>Rings for all that may be due and arms for what comes next; where the database does not say, for another look.</summary>
    public async Task RingDueAsync(CancellationToken cancellationToken)
    {
        lock (_arming)
            (_armedFor, _rungAt) = (DateTimeOffset.MaxValue, clock.GetUtcNow());
        foreach (var sweep in OnDue)
            Ring(sweep);
        try
        {
            if (await NextDueAsync(cancellationToken) is { } next)
                Arm(next);
        }
        catch (DatabaseUnavailableException)
        {
            Arm(clock.GetUtcNow() + Beat);
            throw;
        }
    }

    private void Ring(Sweep sweep)
    {
        if (_scheduler is { } scheduler && _ringing.TryAdd(sweep, true))
            _ = RingAsync(scheduler, sweep);
    }

    private async Task RingAsync(IScheduler scheduler, Sweep sweep)
    {
        try
        {
            await scheduler.TriggerJob(KeyOf(sweep), null, CancellationToken.None);
        }
        catch (SchedulerException)
        {
            // The scheduler is stopping: what is due stands in the database.
            Answered(sweep);
        }
    }

    private void Arm(DateTimeOffset instant)
    {
        lock (_arming)
        {
            if (instant >= _armedFor || _scheduler is null)
                return;
            _armedFor = instant < _rungAt + Rest ? _rungAt + Rest : instant;
            if (_isSetting)
                return;
            _isSetting = true;
        }

        _ = SetAsync(_scheduler);
    }

    /// <summary>One at a time, until the trigger stands at the earliest instant known, so that of two armings at once the later never wins.</summary>
    private async Task SetAsync(IScheduler scheduler)
    {
        var set = DateTimeOffset.MaxValue;
        while (NeedsSetting(ref set))
        {
            try
            {
                var trigger = OneShotAt(set);
                if (await scheduler.RescheduleJob(OneShot, trigger, CancellationToken.None) is null)
                    await scheduler.ScheduleJob(trigger, cancellationToken: CancellationToken.None);
            }
            catch (SchedulerException)
            {
                // Lost to its own firing or to the stop: the sweeps look each second all the same.
                lock (_arming)
                    _armedFor = DateTimeOffset.MaxValue;
            }
        }
    }

    private bool NeedsSetting(ref DateTimeOffset set)
    {
        lock (_arming)
        {
            _isSetting = _armedFor != DateTimeOffset.MaxValue && _armedFor != set;
            set = _armedFor;
            return _isSetting;
        }
    }

    /// <summary>
    /// The first instant after now at which anything falls due; what is due already has been rung for. It is asked for as such: the earliest of all would be one that
    /// is just being worked on, or hangs, and hide the next.
    /// </summary>
    private Task<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return database.ReadAsync(
            async session => new[]
            {
                await grants.NextDueAsync(session, now, cancellationToken),
                await dueLeases.NextAttemptAsync(session, now, cancellationToken),
                await requests.NextLapseAsync(session, now, cancellationToken),
                await requests.NextNudgeAsync(session, now, cancellationToken),
                await reviews.NextAsync(session, now, cancellationToken),
                await outbox.NextAsync(session, now, cancellationToken),
            }.Min(),
            cancellationToken);
    }

    private static JobKey KeyOf(Sweep sweep) => new(sweep.ToString(), "sweeps");

    private static ITrigger OneShotAt(DateTimeOffset instant) =>
        TriggerBuilder.Create()
            .WithIdentity(OneShot)
            .ForJob(Due)
            .StartAt(instant)
            .WithSimpleSchedule(s => s.WithMisfireInstruction(SimpleTriggerMisfireInstruction.FireNow))
            .Build();
}
