using System.Diagnostics.CodeAnalysis;
using JitBroker.Issuing;

namespace JitBroker.Leases;

/// <summary>How long to wait before a target is asked again, and when an end that waits counts as stuck.</summary>
internal static class Patience
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>What a target says about itself is believed up to here.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ThrottledFor = TimeSpan.FromSeconds(10);

    /// <summary>Failures by conflict or throttling that pass as such.</summary>
    private const int Passing = 3;

    /// <summary>Growing with the attempts before it, jittered, capped; soon after a conflict, never before the target's own time after throttling.</summary>
    public static TimeSpan Of(EndOutcome.Failed failed, int attempts) => failed.Obstacle switch
    {
        Obstacle.Conflict when attempts < Passing => Jittered(TimeSpan.FromSeconds(1)),
        Obstacle.Throttled => Asked(failed.RetryAfter) + Jittered(TimeSpan.FromSeconds(1)),
        _ => Jittered(Growing(attempts)),
    };

    /// <summary>The credential works until its old end and may be collected again, so there is no hurry; the lane sees to a target that is away.</summary>
    public static TimeSpan Of(ProlongOutcome.Failed failed) => failed.Obstacle switch
    {
        Obstacle.Conflict => Jittered(TimeSpan.FromSeconds(1)),
        Obstacle.Throttled => Asked(failed.RetryAfter) + Jittered(TimeSpan.FromSeconds(1)),
        Obstacle.Denied => Jittered(Longest),
        _ => Jittered(TimeSpan.FromSeconds(5)),
    };

    /// <summary>For the holder who collects.</summary>
    public static TimeSpan Of(MintOutcome.Unavailable away) => away.Obstacle switch
    {
        Obstacle.Conflict => TimeSpan.FromSeconds(1),
        _ => Asked(away.RetryAfter),
    };

    /// <summary>From the first failed attempt on, but for what passes by itself, and then from the third.</summary>
    public static bool IsStuck(EndOutcome.Failed failed, int attempts) =>
        failed.Obstacle is not (Obstacle.Conflict or Obstacle.Throttled) || attempts + 1 >= Passing;

    /// <summary>1, 2, 4 … seconds, up to a minute.</summary>
    public static TimeSpan Growing(int attempts) => TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(attempts, 10)), Longest.TotalSeconds));

    [SuppressMessage("Security", "CA5394", Justification = "Jitter needs no secrecy.")]
    public static TimeSpan Jittered(TimeSpan pause) => pause * (0.75 + (Random.Shared.NextDouble() * 0.5));

    /// <summary>A target that gives no time, or a senseless one, gets ten seconds.</summary>
    public static TimeSpan Asked(TimeSpan? retryAfter) =>
        retryAfter is not { } asked || asked <= TimeSpan.Zero ? ThrottledFor : asked < LongestAsked ? asked : LongestAsked;
}
