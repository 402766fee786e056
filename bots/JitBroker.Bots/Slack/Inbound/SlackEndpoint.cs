using JitBroker.Bots.Chat;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Slack's way in over HTTP. In this order: size, certificate check, signature, type, shape, app; only then is anything looked at or stored. Each of the
/// three paths takes every kind of payload; only POST has any effect.
/// </summary>
internal sealed partial class SlackEndpoint(SlackOptions options, SlackInbox inbox, TimeProvider clock, ILogger<SlackEndpoint> log)
{
    /// <summary>Slack's own payloads stay far below it.</summary>
    public const int LargestBody = 1 << 20;

    public async Task HandleAsync(HttpContext http)
    {
        var answer = await AnswerAsync(http.Request, http.RequestAborted);
        http.Response.StatusCode = answer.Status;
        if (answer.Json is null)
            return;
        http.Response.ContentType = SlackBody.Json;
        await http.Response.WriteAsync(answer.Json, http.RequestAborted);
    }

    private async Task<SlackAnswer> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (await WholeBody.ReadAsync(request, LargestBody, cancellationToken) is not { } body)
            return new SlackAnswer(StatusCodes.Status413PayloadTooLarge);
        var mediaType = MediaType.Of(request.ContentType);
        if (SlackBody.IsSslCheck(mediaType, body))
            return SlackAnswer.Empty;
        if (!SlackSignature.IsValid(request.Headers, body.Span, options.SigningSecrets(), clock.GetUtcNow()))
        {
            LogUnsigned(log, request.Path.Value ?? "", body.Length);
            return new SlackAnswer(StatusCodes.Status401Unauthorized);
        }

        if (mediaType is not (SlackBody.Form or SlackBody.Json))
            return new SlackAnswer(StatusCodes.Status415UnsupportedMediaType);
        if (SlackBody.Read(mediaType, body) is not { } read)
            return new SlackAnswer(StatusCodes.Status400BadRequest);
        if (read.Kind == SlackKinds.Verification)
            return new SlackAnswer(StatusCodes.Status200OK, SlackJson.Write(new { Challenge = read.Payload.Text("challenge") ?? "" }));
        var (delivery, responseUrl) = SlackDelivery.Of(read.Kind, read.Payload, body.Span);
        if (options.AppId.Length > 0 && delivery.AppId != options.AppId)
            return new SlackAnswer(StatusCodes.Status401Unauthorized);
        return await inbox.ReceiveAsync(delivery, responseUrl, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A request to {Path} ({Bytes} bytes) was not signed by Slack and was refused")]
    private static partial void LogUnsigned(ILogger log, string path, int bytes);
}

/// <summary>The bots' routes.</summary>
public static class SlackRoutes
{
    /// <summary>Maps <c>POST /slack/commands</c>, <c>/slack/interactions</c> and <c>/slack/events</c>. Needs <see cref="SlackServices.AddSlack"/>.</summary>
    public static IEndpointRouteBuilder MapSlack(this IEndpointRouteBuilder routes)
    {
        foreach (var path in (string[])["/slack/commands", "/slack/interactions", "/slack/events"])
            routes.MapPost(path, (HttpContext http) => http.RequestServices.GetRequiredService<SlackEndpoint>().HandleAsync(http)).ExcludeFromDescription();
        return routes;
    }
}
