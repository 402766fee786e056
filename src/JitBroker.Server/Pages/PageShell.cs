using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Server.Pages;

/// <summary>
/// What every page of ours shares: head, header, and the policy. Style and script stand in the page itself and are let in by their hash, so that a page is one
/// answer and nothing else is ever loaded or run.
/// </summary>
internal static class PageShell
{
    private static readonly string Style = Read("collect.css");
    private static readonly string Script = Read("collect.js");

    // One line of colour for the tab; img-src lets in data: for it alone.
    private const string Icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%234f46e5'/%3E%3Cpath d='M16 8v8l5 4' stroke='white' stroke-width='3' stroke-linecap='round' fill='none'/%3E%3C/svg%3E";

    public static string Policy { get; } =
        $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <param name="title">Of the tab.</param>
    /// <param name="who">Who is signed in, and the way out; empty for nobody.</param>
    /// <param name="now">The broker's time: the page's countdowns run by it, whatever the browser's clock says.</param>
    public static Html Of(string title, Html who, Html main, DateTimeOffset now) => Html.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex, nofollow">
        <meta name="color-scheme" content="light dark">
        <title>{title} · JitBroker</title>
        <link rel="icon" href="{Icon}">
        <style>{Html.Own(Style)}</style>
        </head>
        <body data-now="{Show.Iso(now)}">
        <header class="top">
        <p class="brand"><svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8"/><path d="M16 8v8l5 4"/></svg>JitBroker</p>
        {who}
        </header>
        <main>
        {main}
        </main>
        <script>{Html.Own(Script)}</script>
        </body>
        </html>
        """);

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Read(string name)
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("pages/" + name) ?? throw new InvalidOperationException($"{name} is not in this build.");
        using var reader = new StreamReader(file);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

/// <summary>A page as it goes out, with the headers that keep it to itself. A HEAD gets them too, and no body.</summary>
internal sealed class PageResult(int status, Html page, TimeSpan? retryAfter = null) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, bytes) = (httpContext.Response, Encoding.UTF8.GetBytes(page.ToString()));
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = bytes.Length;
        var headers = response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = PageShell.Policy;
        headers.XFrameOptions = "DENY";
        headers.Vary = "Cookie";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), clipboard-read=()";
        headers["X-Robots-Tag"] = "noindex, nofollow";
        if (retryAfter is { } wait)
            headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (!HttpMethods.IsHead(httpContext.Request.Method))
            await response.Body.WriteAsync(bytes, httpContext.RequestAborted);
    }
}

/// <summary>303: what was posted is done, look at it there. A reload of what follows posts nothing.</summary>
internal sealed class SeeOther(string relative) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = relative;
        return Task.CompletedTask;
    }
}
