namespace JitBroker.Server.Http;

/// <summary>Headers of every answer: nothing is cached, framed, sniffed or run unless its endpoint says otherwise.</summary>
internal sealed class ResponseHeaders(RequestDelegate next, Uri publicUrl)
{
    private readonly bool _https = publicUrl.Scheme == Uri.UriSchemeHttps;

    public Task InvokeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (_https)
            headers.StrictTransportSecurity = "max-age=31536000";
        return next(context);
    }
}
