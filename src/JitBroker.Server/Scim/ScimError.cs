using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Server.Http;
using JitBroker.Storage;

namespace JitBroker.Server.Scim;

/// <summary>A no to a SCIM client (RFC 7644 §3.12).</summary>
/// <param name="scimType">One of the RFC's words, or null.</param>
internal sealed class ScimException(int status, string? scimType, string detail) : Exception(detail)
{
    public int Status => status;

    public string? ScimType => scimType;

    public TimeSpan? RetryAfter { get; init; }

    public static ScimException Invalid(string scimType, string detail) => new(400, scimType, detail);

    public static ScimException NotFound() => new(404, null, "There is no such resource.");
}

/// <summary>Whatever happens inside, a SCIM client hears it in SCIM's own form.</summary>
internal sealed class ScimErrors : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ScimException e)
        {
            return Answer(context.HttpContext, e.Status, e.ScimType, e.Message, e.RetryAfter);
        }
        catch (ProblemException e)
        {
            return Answer(context.HttpContext, e.Problem.Status, null, e.Problem.Detail, e.RetryAfter);
        }
        catch (DatabaseUnavailableException e)
        {
            return Answer(context.HttpContext, 503, null, e.Message, TimeSpan.FromSeconds(5));
        }
    }

    private static ScimAnswer Answer(HttpContext context, int status, string? scimType, string? detail, TimeSpan? retryAfter)
    {
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        var body = new JsonObject { ["schemas"] = new JsonArray(ScimSchemas.Error), ["status"] = status.ToString(CultureInfo.InvariantCulture), ["detail"] = detail };
        if (scimType is not null)
            body["scimType"] = scimType;
        return new ScimAnswer(status, body);
    }
}

/// <summary>An answer in <c>application/scim+json</c>.</summary>
internal sealed class ScimAnswer(int status, JsonObject? body, string? etag = null, string? location = null) : IResult
{
    public int Status => status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (etag is not null)
            response.Headers.ETag = etag;
        if (location is not null)
            response.Headers.Location = location;
        if (body is null)
            return;
        response.ContentType = "application/scim+json; charset=utf-8";
        await response.WriteAsync(body.ToJsonString(), httpContext.RequestAborted);
    }
}
