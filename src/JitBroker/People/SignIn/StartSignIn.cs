using System.Globalization;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>A sign-in was started. The codes are told once and stored nowhere.</summary>
/// <param name="DeviceCode">What the one who started it polls with.</param>
/// <param name="UserCode">What the person types in chat: <c>BCDF-GHJK</c>.</param>
public sealed record SignInStarted(string DeviceCode, string UserCode, TimeSpan ExpiresIn, TimeSpan Interval)
{
    public override string ToString() => $"SignInStarted {{ ExpiresIn = {ExpiresIn} }}";
}

/// <summary>
/// A terminal or a browser asks to be signed in. Anybody may call it, so it makes no event, and what it stores is bounded per address and in all; it gives no right
/// until a person confirms it.
/// </summary>
public sealed class StartSignIn(Database database, SignInStore signIns, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Most sign-ins under way from one address.</summary>
    public const int OpenPerAddress = 20;

    /// <summary>Most sign-ins under way in all.</summary>
    public const int OpenInAll = 2000;

    private const int HostLength = 80;

    /// <param name="surface"><see cref="Surface.Web"/> for a browser at a page of ours; the person is told which it is.</param>
    /// <param name="address">The address that the server saw.</param>
    /// <param name="host">What the machine says it is called; untrusted, cut and cleaned.</param>
    public async Task<Outcome<SignInStarted>> HandleAsync(SessionScope scope, Surface surface, string address, string? host, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (deviceCode, userCode) = (SignInCodes.NewSecret(), SignInCodes.NewUserCode());
        var signIn = new SignIn
        {
            DeviceCodeHash = SignInCodes.Hash(deviceCode),
            UserCodeHash = SignInCodes.Hash(userCode),
            State = SignIn.Waiting,
            Scope = scope.ToText(),
            Surface = surface.ToText(),
            Address = Clean(address),
            Host = Clean(host),
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
            PollIntervalS = (int)Interval.TotalSeconds,
        };
        return await database.WriteAsync<Outcome<SignInStarted>>(
            async session =>
            {
                if (Limit(await signIns.CountOpenAsync(session, signIn.Address, now, cancellationToken)) is { } limited)
                    return limited;
                if (!await signIns.InsertAsync(session, signIn, cancellationToken))
                    return new Refusal(Codes.Unavailable, "The code could not be made; nothing was changed. Try again.") { RetryAfter = TimeSpan.FromSeconds(1) };
                return new SignInStarted(deviceCode, userCode, Lifetime, Interval);
            },
            cancellationToken);
    }

    private static Refusal? Limit(OpenSignIns open)
    {
        if (open.FromThere >= OpenPerAddress)
            return new Refusal(Codes.RateLimited, $"{open.FromThere} sign-ins from your address wait to be confirmed; that is the limit. Confirm one, or wait a few minutes.") { RetryAfter = TimeSpan.FromMinutes(1) };
        return open.InAll >= OpenInAll
            ? new Refusal(Codes.RateLimited, "Too many sign-ins wait to be confirmed. Try again in a few minutes; in chat everything works without one.") { RetryAfter = TimeSpan.FromMinutes(1) }
            : null;
    }

    /// <summary>What others say of themselves is shown in chat: nothing invisible, nothing that turns the text around, nothing long.</summary>
    private static string Clean(string? text)
    {
        var shown = string.Concat((text ?? "").EnumerateRunes().Where(IsShown).Select(r => r.ToString())).Trim();
        return shown.Length <= HostLength ? shown : shown[..(char.IsHighSurrogate(shown[HostLength - 1]) ? HostLength - 1 : HostLength)];
    }

    private static bool IsShown(System.Text.Rune rune) => System.Text.Rune.GetUnicodeCategory(rune) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
