using System.Security.Cryptography;
using System.Text;
using JitBroker.Server.Settings;
using Microsoft.AspNetCore.WebUtilities;

namespace JitBroker.Server.Pages;

/// <summary>A form that was posted by the page it was made for.</summary>
/// <param name="Nonce">Of this one rendering of the form.</param>
internal sealed record Posted(string Nonce);

/// <summary>
/// Forms that only our own page can post (attack: another site posts for its visitor). Each carries a nonce and a MAC over it, keyed by the browser's own cookies,
/// so a form is good for one browser, one session, one purpose and one grant; nothing is stored for it. Where the browser says where a post comes from, that is looked at too.
/// </summary>
internal sealed class Forms(BrowserCookies cookies, BrokerSettings settings)
{
    public const string Field = "form";
    private const int NonceLength = 22;

    /// <summary>A fresh token for one form.</summary>
    public string New(HttpContext context, string purpose, string about, string? session)
    {
        var nonce = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(16));
        return $"{nonce}.{Mac(cookies.NeedBrowser(context), session, purpose, about, nonce)}";
    }

    /// <summary>What was posted, or null when it did not come from a page of ours.</summary>
    public Posted? Read(HttpContext context, string? token, string purpose, string about, string? session)
    {
        if (!IsFromHere(context) || cookies.Browser(context) is not { } browser || token?.Split('.') is not [{ Length: NonceLength } nonce, var mac])
            return null;
        var expected = Mac(browser, session, purpose, about, nonce);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(mac), Encoding.UTF8.GetBytes(expected)) ? new Posted(nonce) : null;
    }

    /// <summary>Fetch metadata where the browser sends it; else Origin. Pages sent with no-referrer post <c>Origin: null</c> (Fetch §3.2), which says nothing either way.</summary>
    private bool IsFromHere(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers["Sec-Fetch-Site"] is { Count: > 0 } site)
            return site == "same-origin";
        var origin = headers.Origin.ToString();
        if (origin is "" or "null")
            return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && (from.Authority == context.Request.Host.Value || from.GetLeftPart(UriPartial.Authority) == settings.Broker.PublicUrl.GetLeftPart(UriPartial.Authority));
    }

    private static string Mac(string browser, string? session, string purpose, string about, string nonce) => WebEncoders.Base64UrlEncode(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes($"{browser}\n{session}"), Encoding.UTF8.GetBytes($"jitbroker form\n{purpose}\n{about}\n{nonce}")));
}
