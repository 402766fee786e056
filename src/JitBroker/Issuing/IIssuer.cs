namespace JitBroker.Issuing;

/// <summary>
/// Mints and ends credentials at one kind of target. Implementations hold no state that outlives a call and are safe under concurrency.
/// Every name at the target is a pure function of the lease id, so that a half-done mint is found and removed by name (rule 2).
/// No message, exception or log of an issuer may carry secret material; <see cref="IssuerRegistry"/> hands issuers out behind a scrubber all the same.
/// </summary>
public interface IIssuer
{
    /// <summary>The catalog's <c>kind</c>, e.g. <c>jwt</c>.</summary>
    string Kind { get; }

    /// <summary>What this issuer can promise about an early end of what the order grants. Pure.</summary>
    Revocability RevocabilityOf(IssueOrder order);

    /// <summary>
    /// Decides, before anything is done, what will be made and how it will be ended. Pure: the same order gives the same plan.
    /// The plan's handle is committed before <see cref="MintAsync"/> is called.
    /// </summary>
    MintPlan Plan(IssueOrder order);

    /// <summary>
    /// Makes the credential at the target. Called once per lease, outside any transaction, and cancelled at the mint deadline.
    /// Expected trouble comes back as an outcome; an exception counts as <see cref="Obstacle.Away"/>. After anything but
    /// <see cref="MintOutcome.Minted"/> the lease is ended through its handle.
    /// </summary>
    Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken);

    /// <summary>
    /// Ends what the handle names and reads back that it is gone. Idempotent: ending twice, or what was never made, is
    /// <see cref="EndOutcome.Ended"/>. Works from the handle alone, when the catalog no longer knows the issuer.
    /// </summary>
    Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken);
}

/// <summary>What to mint, for whom, until when. <paramref name="Settings"/> and <paramref name="Grants"/> are canonical JSON, references unresolved.</summary>
public sealed record IssueOrder(
    string LeaseId,
    string GrantId,
    string Holder,
    string HolderName,
    string Entitlement,
    string Issuer,
    string Settings,
    string Grants,
    DateTimeOffset Now,
    DateTimeOffset EndsAt);

/// <summary>The intent that is committed before the effect.</summary>
/// <param name="Handle">All that is needed to end it.</param>
/// <param name="ExpiresAt">When the credential stops by itself at the target, never after the order's end; the grant's end where the target has no expiry.</param>
public sealed record MintPlan(RevocationHandle Handle, DateTimeOffset ExpiresAt);

/// <summary>How a mint went.</summary>
public abstract record MintOutcome
{
    private MintOutcome()
    {
    }

    /// <summary>The credential stands at the target.</summary>
    public sealed record Minted(Credential Credential) : MintOutcome;

    /// <summary>The target or the issuer said no to what is ordered; trying again unchanged is useless. Becomes <c>issuer_refused</c>.</summary>
    public sealed record Refused(string Why) : MintOutcome;

    /// <summary>
    /// It failed for a reason that is not the order's; another try may succeed. Becomes <c>issuer_unavailable</c> with <paramref name="RetryAfter"/>, or, when
    /// <paramref name="Obstacle"/> is <see cref="Obstacle.Denied"/>, <c>issuer_refused</c>.
    /// </summary>
    /// <param name="RetryAfter">What the target said, if it did.</param>
    public sealed record Unavailable(string Why, Obstacle Obstacle = Obstacle.Away, TimeSpan? RetryAfter = null) : MintOutcome;
}

/// <summary>How an end went.</summary>
public abstract record EndOutcome
{
    private EndOutcome()
    {
    }

    /// <summary>
    /// Read back at the target: nothing of it is left. <paramref name="Existed"/> is false when nothing was found to end; before the mint deadline
    /// plus <see cref="Revocability.SettleTime"/> that proves nothing, and the broker looks again after it.
    /// </summary>
    public sealed record Ended(bool Existed) : EndOutcome;

    /// <summary>
    /// Not ended, or not verified. It is tried again, when depends on <paramref name="Obstacle"/>. What is found gone is never this, but
    /// <see cref="Ended"/>. <paramref name="Why"/> is shown to people and holds no secret.
    /// </summary>
    /// <param name="RetryAfter">What the target said, if it did; never tried again before.</param>
    public sealed record Failed(string Why, Obstacle Obstacle = Obstacle.Unfinished, TimeSpan? RetryAfter = null) : EndOutcome;
}
