using JitBroker.Issuers.Http;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>What nginx asks before it lets a request through (<c>auth_request</c>). Asked at every request of every door, so it runs before everything that it has no use for.</summary>
internal static class AuthzEndpoint
{
    private const string Resource = "X-Jit-Resource";

    public static IEndpointRouteBuilder MapAuthz(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/authz", AnswerAsync).WithTags("door").Open().Answers(204)
            .Says("authz", "For nginx auth_request: whether the bearer may reach the resource in X-Jit-Resource. 204 with X-Jit-User and X-Jit-Grant, 401 without a token, 403, 503.")
            .ShortCircuit();
        return routes;
    }

    private static async Task AnswerAsync(HttpContext context, Door door)
    {
        var asked = context.Request.Headers;
        var answer = await door.AnswerAsync(asked.Authorization is [{ } token] ? token : null, asked[Resource] is [{ } resource] ? resource : null);
        var (response, told) = (context.Response, context.Response.Headers);
        response.StatusCode = answer.Status;
        if (answer.Status == 401)
            told.WWWAuthenticate = "Bearer realm=\"jitbroker\"";
        if (answer.User is not null)
            (told["X-Jit-User"], told["X-Jit-Grant"]) = (answer.User, answer.Grant);
        else
        {
            told["X-Jit-Error"] = Reason(answer.Status);
            told.ContentLength = 0;
            // Said in full: no body that a door throws away.
            await response.CompleteAsync();
        }
    }

    private static string Reason(int status) => status switch
    {
        401 => Policy.Codes.Unauthenticated,
        403 => Policy.Codes.Forbidden,
        _ => Policy.Codes.Unavailable,
    };
}
