using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Calls of the Bot Framework's connector: JSON, no redirects, a deadline, the pace of <see cref="TeamsPace"/>. Our token goes with a call only after its host was found among those that are
/// allowed (I5, E4). Expected trouble is a <see cref="TeamsReply"/>; tokens and texts are never logged.
/// </summary>
internal sealed partial class TeamsConnector(TeamsOptions options, TeamsCredentials credentials, ChatHttp http, TeamsPace pace, CrashPoints points, TimeProvider clock, ILogger<TeamsConnector> log)
{
    /// <summary>How long a service may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan UsualPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(10);

    /// <param name="place">Where; its conversation counts towards its limits, also where the path names none.</param>
    /// <param name="path">Below the service's own address; ids in it are escaped.</param>
    public async Task<TeamsReply> CallAsync(HttpMethod method, TeamsPlace place, string path, JsonObject? body, TeamsLane lane, Urgency urgency, CancellationToken cancellationToken)
    {
        if (!options.IsAllowedService(place.Service))
        {
            LogForeign(log, place.Service.Host);
            return new TeamsReply.Refused(0, TeamsReply.Refused.NotAllowed);
        }

        var wait = pace.Reserve(place, lane, urgency, LongestWait);
        if (wait > LongestWait)
            return new TeamsReply.RateLimited(wait);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, cancellationToken);
        if (await credentials.TokenAsync(cancellationToken) is not { } token)
            return new TeamsReply.Failed("the bot gets no token", MayHaveHappened: false);
        var reply = await SendAsync(method, place, path, body, token, cancellationToken);
        if (reply is TeamsReply.Refused { Status: 401 })
        {
            // A token may be taken for no good before its time; whether the app is, the next one tells, at once: somebody may wait for an answer.
            credentials.Refuse(token);
            if (await credentials.TokenAsync(cancellationToken) is { } fresh && fresh != token)
                reply = await SendAsync(method, place, path, body, fresh, cancellationToken);
        }

        if (reply is TeamsReply.RateLimited limited)
            pace.Pause(place, lane, limited.After);
        return reply;
    }

    private async Task<TeamsReply> SendAsync(HttpMethod method, TeamsPlace place, string path, JsonObject? body, string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(place.Service, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = new StringContent(CardJson.Write(body), new MediaTypeHeaderValue("application/json", "utf-8"));
        return await SendAsync($"{method} {What(path)}", request, cancellationToken);
    }

    private async Task<TeamsReply> SendAsync(string what, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await points.AroundAsync($"chat {what}", () => http.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token));
            return Read(what, response, await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (HttpRequestException e)
        {
            LogUnanswered(log, what, e.HttpRequestError.ToString());
            var neverLeft = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            return new TeamsReply.Failed($"{what}: {e.HttpRequestError}", MayHaveHappened: !neverLeft);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnanswered(log, what, "timeout");
            return new TeamsReply.Failed($"{what}: no answer within {Patience.TotalSeconds:0} s", MayHaveHappened: true);
        }
    }

    private TeamsReply Read(string what, HttpResponseMessage response, byte[] content)
    {
        var status = (int)response.StatusCode;
        var body = content.Length == 0 ? [] : ChatJson.Read(content);
        if (status is >= 200 and < 300)
            return body is null ? new TeamsReply.Failed($"{what}: an answer that is not JSON", MayHaveHappened: true) : new TeamsReply.Ok(body);
        if (status == 429)
            return new TeamsReply.RateLimited(Jittered(PauseOf(response.Headers.RetryAfter)));
        if (status == 412)
            return new TeamsReply.Failed($"{what}: HTTP 412", MayHaveHappened: false);
        if (status is 408 or >= 500)
            return new TeamsReply.Failed(string.Create(CultureInfo.InvariantCulture, $"{what}: HTTP {status}"), MayHaveHappened: true);
        var refused = new TeamsReply.Refused(status, Cut.To(Clean.Line(body.Text("error", "code") ?? string.Create(CultureInfo.InvariantCulture, $"HTTP {status}")), 80));
        LogRefused(log, what, status, refused.Error);
        return refused;
    }

    /// <summary>A path without the ids in it, for the log and for the points at which a process can be killed.</summary>
    private static string What(string path) => string.Join('/', path.Split('?')[0].Split('/').Select((segment, i) => i is 2 or 4 ? "_" : segment));

    private TimeSpan PauseOf(RetryConditionHeaderValue? header)
    {
        var after = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : UsualPause);
        return after < TimeSpan.Zero ? TimeSpan.Zero : after > LongestPause ? LongestPause : after;
    }

    [SuppressMessage("Security", "CA5394", Justification = "Jitter needs no secrecy.")]
    private static TimeSpan Jittered(TimeSpan after) => after + TimeSpan.FromMilliseconds(Random.Shared.Next(50, 500));

    [LoggerMessage(Level = LogLevel.Critical, Message = "A Teams service at {Host} is none of Teams:ServiceHosts: nothing was sent there")]
    private static partial void LogForeign(ILogger log, string host);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Teams did not answer {What}: {Why}")]
    private static partial void LogUnanswered(ILogger log, string what, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Teams refused {What}: HTTP {Status} {Error}")]
    private static partial void LogRefused(ILogger log, string what, int status, string error);
}
