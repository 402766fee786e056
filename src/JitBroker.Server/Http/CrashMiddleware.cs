namespace JitBroker.Server.Http;

/// <summary>Before and after the answer to a POST the process may die; only in tests.</summary>
internal sealed class CrashMiddleware(RequestDelegate next, CrashPoints points)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsPost(context.Request.Method) && context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            context.Response.OnStarting(() => Reach("before", route));
            context.Response.OnCompleted(() => Reach("after", route));
        }

        return next(context);
    }

    private Task Reach(string moment, string route)
    {
        points.Reach(moment, $"answer to {route}");
        return Task.CompletedTask;
    }
}
