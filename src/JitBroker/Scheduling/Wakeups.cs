namespace JitBroker.Scheduling;

/// <summary>The kinds of periodic work; see <c>src/README.md</c> for what each does.</summary>
public enum Sweep
{
    StartGrants,
    EndGrants,
    RevokeLeases,
    ProlongLeases,
    LapseRequests,
    NudgeRequests,
    RemindReviews,
    DeliverOutbox,
    WorkInbox,
    SealAudit,
    ReloadCatalog,
    ReloadPeople,
    ReadSchedules,
    RotateKeys,
    TellOwners,
    Reconcile,
    Prune,
}

/// <summary>
/// Tells the alarm clock that there is work now, or will be at an instant, so that it does not wait for the next second. A hint only: a lost one
/// costs a second, since every sweep looks each second anyway.
/// </summary>
public sealed class Wakeups
{
    private volatile Action<Sweep>? _now;
    private volatile Action<DateTimeOffset>? _at;

    /// <summary>Called by the alarm clock when it runs, with null when it stops.</summary>
    public void Connect(Action<Sweep>? now, Action<DateTimeOffset>? at)
    {
        _now = now;
        _at = at;
    }

    public void Pulse(Sweep sweep) => _now?.Invoke(sweep);

    /// <summary>Something falls due at <paramref name="instant"/>.</summary>
    public void DueAt(DateTimeOffset instant) => _at?.Invoke(instant);
}
