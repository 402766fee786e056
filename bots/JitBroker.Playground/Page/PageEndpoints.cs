using System.Reflection;

namespace JitBroker.Playground.Page;

/// <summary>The page and its parts, from embedded resources, under a policy that lets nothing in from elsewhere.</summary>
internal static class PageEndpoints
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (HttpContext http) => SendAsync(http, "index.html"));
        routes.MapGet("/archives/{channel}/{message}", (HttpContext http) => SendAsync(http, "index.html"));
        routes.MapGet("/assets/{name}", (HttpContext http) => SendAsync(http, (string)http.Request.RouteValues["name"]!));
    }

    private static async Task SendAsync(HttpContext http, string name)
    {
        var assembly = Assembly.GetExecutingAssembly();
        await using var file = assembly.GetManifestResourceStream("page/" + name);
        var response = http.Response;
        if (file is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        response.ContentType = Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8", ".css" => "text/css; charset=utf-8", ".js" => "text/javascript; charset=utf-8", ".svg" => "image/svg+xml", _ => "application/octet-stream",
        };
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-cache";
        await file.CopyToAsync(response.Body, http.RequestAborted);
    }
}
