namespace JitBroker.Issuing;

/// <summary>
/// Of an issuer whose live credentials can be given a later end without being minted anew. Who does not declare it cannot: the holder collects again.
/// </summary>
public interface IProlongs
{
    /// <summary>
    /// Moves the end that the target itself keeps to <paramref name="until"/>, and nothing else: what is ended, or being ended, stays so. Idempotent.
    /// Called after the new end of the grant is stored (rule 1), with the handle of an active lease. An exception counts as <see cref="Obstacle.Away"/>.
    /// </summary>
    Task<ProlongOutcome> ProlongAsync(RevocationHandle handle, DateTimeOffset until, CancellationToken cancellationToken);
}

/// <summary>How a prolongation went.</summary>
public abstract record ProlongOutcome
{
    private ProlongOutcome()
    {
    }

    /// <summary>Read back at the target: the credential works until <paramref name="ExpiresAt"/>, never later than was asked.</summary>
    public sealed record Prolonged(DateTimeOffset ExpiresAt) : ProlongOutcome;

    /// <summary>It stands no more, or its end is under way; the holder collects again while the grant lasts.</summary>
    public sealed record Gone(string Why) : ProlongOutcome;

    /// <summary>
    /// Not done, or not known to be; it is tried again while the credential lasts, when depends on <paramref name="Obstacle"/>. <paramref name="Why"/> is shown to people and
    /// holds no secret.
    /// </summary>
    /// <param name="RetryAfter">What the target said, if it did; never tried again before.</param>
    public sealed record Failed(string Why, Obstacle Obstacle = Obstacle.Unfinished, TimeSpan? RetryAfter = null) : ProlongOutcome;
}
