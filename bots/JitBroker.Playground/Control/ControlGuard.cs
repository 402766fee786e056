using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.Tokens;

namespace JitBroker.Playground.Control;

/// <summary>
/// The control API acts as anybody, so only this machine's own page and programs may use it: the Host must be loopback (else a name that was
/// re-bound to this machine would do), an Origin must be our own, and a POST must be JSON, which no cross-site form can send.
/// </summary>
internal static class ControlGuard
{
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        // what an app calls is guarded by tokens and secrets
        var isForApps = request.Path.StartsWithSegments("/api", StringComparison.Ordinal) || request.Path.StartsWithSegments("/hooks", StringComparison.Ordinal)
            || request.Path.StartsWithSegments("/teams", StringComparison.Ordinal) || TokenEndpoint.IsAt(request.Path);
        if (!isForApps && Refusal(request) is { } why)
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            await http.Response.WriteAsJsonAsync(new JsonObject { ["ok"] = false, ["error"] = why }, http.RequestAborted);
            return;
        }
        await next(http);
    }

    private static string? Refusal(HttpRequest request)
    {
        if (!IsLoopback(request.Host.Host) || request.Host.Port is { } port && port != request.HttpContext.Connection.LocalPort)
            return "The playground answers only to its own loopback address.";
        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}") return "Another site may not act in the playground.";
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var opensPage = HttpMethods.IsGet(request.Method) && request.Path == "/";
        if (site.Length > 0 && site is not ("same-origin" or "none") && !opensPage) return "Another site may not act in the playground.";
        if (HttpMethods.IsPost(request.Method) && request.ContentType?.Split(';')[0].Trim() != "application/json") return "A control call is a POST of application/json.";
        return null;
    }

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip);
}
