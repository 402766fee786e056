using JitBroker.Storage;
using Codes = JitBroker.Policy.Codes;

namespace JitBroker.Server.Http;

/// <summary>
/// The outermost layer: whatever happens inside, the caller gets problem details and never a stack trace. What is our fault carries a reference that
/// stands in the log beside the exception.
/// </summary>
internal sealed class ProblemMiddleware(RequestDelegate next, TimeProvider clock, ILogger<ProblemMiddleware> log)
{
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(5);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.ContentType is null && Bare(context.Response.StatusCode) is { } problem)
                await Problems.WriteAsync(context, problem);
        }
        catch (ProblemException e)
        {
            await Problems.WriteAsync(context, e.Problem, e.RetryAfter);
        }
        catch (BadHttpRequestException e)
        {
            await Problems.WriteAsync(context, Bare(e.StatusCode) ?? Problems.Invalid("The call could not be read."));
        }
        catch (DatabaseUnavailableException e)
        {
            Log.DatabaseAway(log, context.Request.Method, context.Request.Path, e.InnerException?.GetType().Name);
            await Problems.WriteAsync(context, Problems.Of(503, Codes.Unavailable, e.Message), AwayFor);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Log.Aborted(log, context.Request.Method, context.Request.Path);
        }
        catch (Exception e)
        {
            var reference = Ids.New(clock.GetUtcNow());
            Log.Failed(log, reference, context.Request.Method, context.Request.Path, e);
            var problem = Problems.Of(500, "internal_error", $"Something went wrong on the broker's side (ref {reference}). Try again; if it stays, tell the platform team this reference.");
            await Problems.WriteAsync(context, problem with { Ref = reference });
        }
    }

    /// <summary>What ASP.NET answers without a body.</summary>
    private static Client.Problem? Bare(int status) => status switch
    {
        400 => Problems.Invalid("The call could not be read."),
        401 => Problems.Of(401, Codes.Unauthenticated, "The call is not signed, or not by one who may make it."),
        403 => Problems.Of(403, Codes.Forbidden, "This call is not yours to make."),
        404 => Problems.Of(404, Codes.NotFound, "There is nothing at this address. /openapi/v1.json lists every call."),
        405 => Problems.Of(405, Codes.InvalidRequest, "This address does not take this method. /openapi/v1.json lists every call."),
        408 => Problems.Of(408, Codes.InvalidRequest, "The body did not arrive in time."),
        413 => Problems.Of(413, Codes.TooLarge, "The body is too large for this call."),
        415 => Problems.Of(415, Codes.InvalidRequest, "The body must be of the content type that the call takes: application/json, or a form for /oauth."),
        >= 400 => Problems.Of(status, status >= 500 ? Codes.Unavailable : Codes.InvalidRequest, "The call could not be served."),
        _ => null,
    };
}
