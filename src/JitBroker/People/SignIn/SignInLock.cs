namespace JitBroker.People.SignIn;

/// <summary>Three unknown codes within ten minutes lock sign-in and linking for whoever typed them, for ten minutes (attack I3).</summary>
internal static class SignInLock
{
    private const int MostMisses = 3;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LockedFor = TimeSpan.FromMinutes(10);

    /// <param name="misses">The last three, newest first.</param>
    public static DateTimeOffset? Until(IReadOnlyList<DateTimeOffset> misses) =>
        misses.Count == MostMisses && misses[0] - misses[^1] <= Window ? misses[0] + LockedFor : null;
}
