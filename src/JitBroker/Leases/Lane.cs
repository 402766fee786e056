using JitBroker.Issuing;

namespace JitBroker.Leases;

/// <summary>What one answer, or none, says about a target as a whole.</summary>
/// <param name="Obstacle">Null: it did what was asked.</param>
/// <param name="Why">Holds no secret; null with no obstacle.</param>
/// <param name="RetryAfter">What the target said.</param>
/// <param name="IsMint">It was asked to mint, not to end or to prolong.</param>
internal sealed record Answer(Obstacle? Obstacle, string? Why, TimeSpan? RetryAfter, bool IsMint)
{
    public static Answer Of(EndOutcome outcome) =>
        outcome is EndOutcome.Failed failed ? new Answer(failed.Obstacle, failed.Why, failed.RetryAfter, IsMint: false) : new Answer(null, null, null, IsMint: false);

    public static Answer Of(ProlongOutcome outcome) =>
        outcome is ProlongOutcome.Failed failed ? new Answer(failed.Obstacle, failed.Why, failed.RetryAfter, IsMint: false) : new Answer(null, null, null, IsMint: false);

    /// <summary>A refusal of what was ordered says that the target is there, and nothing more.</summary>
    public static Answer Of(MintOutcome outcome) => outcome switch
    {
        MintOutcome.Unavailable away => new Answer(away.Obstacle, away.Why, away.RetryAfter, IsMint: true),
        MintOutcome.Refused refused => new Answer(Issuing.Obstacle.Unfinished, refused.Why, null, IsMint: true),
        _ => new Answer(null, null, null, IsMint: true),
    };
}

/// <summary>
/// How a target behaves, as its lane remembers it for all replicas. One that does not answer three times in a row is paused: one attempt at a time goes
/// there, at growing intervals, until one is answered. Its version is the number of its events.
/// </summary>
public sealed record Lane
{
    /// <summary>Misses in a row that pause a target.</summary>
    public const int MissesToPause = 3;

    public required string Target { get; init; }

    public required int Version { get; init; }

    /// <summary>Times in a row that it did not answer.</summary>
    public required int Failures { get; init; }

    /// <summary>Since when it is paused.</summary>
    public DateTimeOffset? PausedSince { get; init; }

    /// <summary>Since when it says no to the broker itself when something is to be minted.</summary>
    public DateTimeOffset? DeniedSince { get; init; }

    /// <summary>Nothing is asked of it before: it is paused, or asked for patience, or somebody is probing it.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public string? LastError { get; init; }

    public bool IsPaused => PausedSince is not null;

    /// <summary>Nothing is the matter with it.</summary>
    public bool IsQuiet => Failures == 0 && PausedSince is null && DeniedSince is null && LastError is null;

    /// <summary>Pure. <paramref name="wasProbe"/>: this was the one attempt that goes to a paused target.</summary>
    internal Lane After(Answer answer, bool wasProbe, DateTimeOffset now) => answer.Obstacle switch
    {
        Obstacle.Away => Missed(answer.Why, wasProbe, now),
        Obstacle.Throttled => Answered() with { NotBefore = Later(now + Patience.Asked(answer.RetryAfter)), LastError = answer.Why },
        Obstacle.Denied when answer.IsMint => Answered() with { DeniedSince = DeniedSince ?? now, LastError = answer.Why },
        null when answer.IsMint || DeniedSince is null => Answered() with { DeniedSince = null, LastError = null },
        _ => Answered(),
    };

    private Lane Answered() => this with { Failures = 0, PausedSince = null, NotBefore = IsPaused ? null : NotBefore };

    /// <summary>Those that were under way when it was paused find nothing new, and do not put the next probe off.</summary>
    private Lane Missed(string? why, bool wasProbe, DateTimeOffset now)
    {
        if (IsPaused && !wasProbe)
            return this;
        var failures = Failures + 1;
        return failures < MissesToPause
            ? this with { Failures = failures, LastError = why }
            : this with
            {
                Failures = failures,
                LastError = why,
                PausedSince = PausedSince ?? now,
                NotBefore = Storage.Instants.Truncate(now + Patience.Jittered(Patience.Growing(failures - 1))),
            };
    }

    private DateTimeOffset Later(DateTimeOffset instant) => NotBefore > instant ? NotBefore.Value : Storage.Instants.Truncate(instant);
}
