using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Teams' way in. In this order: size, token, shape, channel, endorsement, service URL, tenant; only then is anything looked at or stored. 401 for the token, 403 for what it was not made
/// for, 503 while nobody can tell.
/// </summary>
internal sealed partial class TeamsEndpoint(TeamsOptions options, TeamsTokens tokens, TeamsInbox inbox, TeamsPeople people, TimeProvider clock, ILogger<TeamsEndpoint> log)
{
    /// <summary>Teams takes no larger message itself.</summary>
    public const int LargestBody = 1 << 18;

    private const string Json = "application/json";

    public async Task HandleAsync(HttpContext http)
    {
        var answer = await AnswerAsync(http.Request, http.RequestAborted);
        http.Response.StatusCode = answer.Status;
        if (answer.Status == StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = "5";
        if (answer.Body is null)
            return;
        http.Response.ContentType = Json;
        await http.Response.WriteAsync(answer.Body.ToJsonString(), http.RequestAborted);
    }

    private async Task<TeamsAnswer> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > LargestBody)
            return Only(StatusCodes.Status413PayloadTooLarge);
        var token = await tokens.ReadAsync(request.Headers.Authorization is [{ } single] ? single : null, cancellationToken);
        switch (token)
        {
            case TokenAnswer.Accepted accepted:
                return await AnswerAsync(request, accepted, cancellationToken);
            case TokenAnswer.Unavailable:
                return Only(StatusCodes.Status503ServiceUnavailable);
            case TokenAnswer.Refused refused:
                LogRefused(log, refused.Why);
                return Only(StatusCodes.Status401Unauthorized);
            default:
                throw new InvalidOperationException($"{token.GetType().Name} is no answer.");
        }
    }

    private async Task<TeamsAnswer> AnswerAsync(HttpRequest request, TokenAnswer.Accepted token, CancellationToken cancellationToken)
    {
        if (MediaType.Of(request.ContentType) != Json)
            return Only(StatusCodes.Status415UnsupportedMediaType);
        if (await WholeBody.ReadAsync(request, LargestBody, cancellationToken) is not { } body)
            return Only(StatusCodes.Status413PayloadTooLarge);
        if (ChatJson.Read(body.Span) is not { } raw)
            return Only(StatusCodes.Status400BadRequest);
        if (tokens.Objection(token, raw) is { } objection)
        {
            LogRefused(log, objection);
            return Only(StatusCodes.Status403Forbidden);
        }

        if (TeamsActivity.Of(raw, clock.GetUtcNow()) is not { } activity)
            return Only(StatusCodes.Status400BadRequest);
        if (IsOfAcceptedTenants(raw))
            return await inbox.ReceiveAsync(activity, cancellationToken);

        // Anybody can load an app into their own tenant that points at our bot.
        LogRefused(log, "its tenant is none of Teams:Tenants");
        await people.ForeignAsync(activity, cancellationToken);
        return Only(StatusCodes.Status403Forbidden);
    }

    private bool IsOfAcceptedTenants(JsonObject raw) =>
        options.Accepts(raw.Text("channelData", "tenant", "id"))
        && (raw.At("conversation")?["tenantId"] is null || options.Accepts(raw.Text("conversation", "tenantId")));

    private static TeamsAnswer Only(int status) => new(status, null);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call to /api/messages was refused: {Why}")]
    private static partial void LogRefused(ILogger log, string why);
}

/// <summary>The bot's route.</summary>
public static class TeamsRoutes
{
    /// <summary>Maps <c>POST /api/messages</c>. Needs <see cref="TeamsServices.AddTeams"/>.</summary>
    public static IEndpointRouteBuilder MapTeams(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/messages", (HttpContext http) => http.RequestServices.GetRequiredService<TeamsEndpoint>().HandleAsync(http)).ExcludeFromDescription();
        return routes;
    }
}
