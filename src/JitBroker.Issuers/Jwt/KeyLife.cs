namespace JitBroker.Issuers.Jwt;

/// <summary>
/// The life of a signing key: published, ripe (it signs), superseded (it signs no more, and is served as long as anything it signed may be valid), retired (its
/// private half is deleted; the public half stays in the database for ever, for the audit).
/// <para>A bound is written when the key is published, so that the key of a replica that never comes back leaves by itself; a successor only moves it nearer.</para>
/// </summary>
public sealed class KeyLife
{
    /// <summary>Below it a key would be superseded before it is ripe everywhere.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromHours(1);

    /// <summary>How long anything a key signed may be accepted: the longest <c>tokenLifetime</c> that a catalog may say, 12 h, and the largest skew of a verifier, 15 min, and as much for a mint that had begun.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12) + TimeSpan.FromMinutes(15) + TimeSpan.FromMinutes(15);

    /// <exception cref="ArgumentOutOfRangeException">Less than <see cref="Shortest"/>.</exception>
    public KeyLife(TimeSpan rotateEvery)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rotateEvery, Shortest);
        RotateEvery = rotateEvery;
    }

    /// <summary>A successor is made when the newest key has signed that long.</summary>
    public TimeSpan RotateEvery { get; }

    /// <summary>When a key signs no more, whether or not it has a successor: half as long again, for a replica that was away.</summary>
    public DateTimeOffset SignsUntil(DateTimeOffset signsFrom) => signsFrom + RotateEvery + (RotateEvery / 2);

    /// <summary>When a key that signs until then leaves the JWKS.</summary>
    public static DateTimeOffset RetiredAt(DateTimeOffset signsUntil) => signsUntil + Longest;
}
