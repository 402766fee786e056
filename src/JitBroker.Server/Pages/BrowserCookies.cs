using System.Globalization;
using System.Security.Cryptography;
using JitBroker.Server.Settings;
using Microsoft.AspNetCore.WebUtilities;

namespace JitBroker.Server.Pages;

/// <summary>A sign-in that this browser started and has not finished. Its device code never reaches the page, only the code to be typed does.</summary>
internal sealed record StartedHere(string DeviceCode, string UserCode, DateTimeOffset ExpiresAt)
{
    public override string ToString() => "StartedHere ***";
}

/// <summary>
/// The cookies of the pages: <c>session</c>, <c>sign-in</c> while one is under way, and <c>browser</c>, a random value that forms are bound to. None is readable by scripts.
/// <c>SameSite=Lax</c>: a link pressed in chat comes from another site and must find its session; a form posted from another site must not, and does not.
/// With https they are <c>__Host-</c> cookies, which no other host and no plain-text page can set (RFC 6265bis §4.1.3.2).
/// </summary>
internal sealed class BrowserCookies(BrokerSettings settings)
{
    private const int SecretLength = 43;
    private readonly bool _https = settings.Broker.PublicUrl.Scheme == Uri.UriSchemeHttps;

    /// <summary>The session's token, or null.</summary>
    public string? Session(HttpContext context) => Secret(context, "session");

    /// <summary>What forms are bound to; null from a browser that was never here or keeps no cookies.</summary>
    public string? Browser(HttpContext context) => Secret(context, "browser");

    /// <summary>As <see cref="Browser"/>, given to a browser that has none.</summary>
    public string NeedBrowser(HttpContext context)
    {
        // A page may hold several forms.
        if ((context.Items[this] as string ?? Browser(context)) is { } known)
            return known;
        var fresh = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        context.Items[this] = fresh;
        Write(context, "browser", fresh, null);
        return fresh;
    }

    public StartedHere? SignIn(HttpContext context)
    {
        var parts = context.Request.Cookies[Name("sign-in")]?.Split('.') ?? [];
        if (parts is not [{ Length: SecretLength } code, { Length: 9 } shown, var expires] || !IsSecret(code) || !shown.All(c => char.IsAsciiLetterUpper(c) || c == '-'))
            return null;
        return long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < 100_000_000_000
            ? new StartedHere(code, shown, DateTimeOffset.FromUnixTimeSeconds(at))
            : null;
    }

    public void KeepSignIn(HttpContext context, StartedHere started, TimeSpan life) => Write(
        context, "sign-in", string.Create(CultureInfo.InvariantCulture, $"{started.DeviceCode}.{started.UserCode}.{started.ExpiresAt.ToUnixTimeSeconds()}"), life);

    /// <summary>Signed in: a fresh session in the place of everything that was known before it.</summary>
    public void KeepSession(HttpContext context, string token, TimeSpan life)
    {
        Write(context, "session", token, life);
        Forget(context, "sign-in");
        Forget(context, "browser");
    }

    public void ForgetSession(HttpContext context)
    {
        Forget(context, "session");
        Forget(context, "sign-in");
        Forget(context, "browser");
    }

    public void ForgetSignIn(HttpContext context) => Forget(context, "sign-in");

    private string Name(string what) => (_https ? "__Host-jit-" : "jit-") + what;

    private string? Secret(HttpContext context, string what) => context.Request.Cookies[Name(what)] is { } value && IsSecret(value) ? value : null;

    private static bool IsSecret(string value) => value.Length == SecretLength && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private void Write(HttpContext context, string what, string value, TimeSpan? life) => context.Response.Cookies.Append(Name(what), value, Options(life));

    private void Forget(HttpContext context, string what) => context.Response.Cookies.Append(Name(what), "", Options(TimeSpan.Zero));

    private CookieOptions Options(TimeSpan? life) => new() { HttpOnly = true, Secure = _https, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = life, IsEssential = true };
}
