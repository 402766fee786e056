using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Slack's Web API: form-encoded POSTs, no redirects, a deadline, the pace of <see cref="SlackPace"/>. Expected trouble is a <see cref="SlackReply"/>; tokens and
/// texts are never logged.
/// </summary>
internal sealed partial class SlackClient(SlackOptions options, ChatHttp http, SlackPace pace, CrashPoints points, TimeProvider clock, ILogger<SlackClient> log)
{
    /// <summary>How long Slack may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const string OpenSocket = "apps.connections.open";
    private const int LargestAnswer = 1 << 20;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    public Task<SlackReply> CallAsync(string method, Urgency urgency, CancellationToken cancellationToken, params IReadOnlyList<(string Name, string? Value)> arguments) =>
        CallAsync(method, urgency, channel: null, arguments, cancellationToken);

    /// <param name="channel">Where it is said, for methods that say something.</param>
    public async Task<SlackReply> CallAsync(
        string method, Urgency urgency, string? channel, IReadOnlyList<(string Name, string? Value)> arguments, CancellationToken cancellationToken)
    {
        var wait = pace.Reserve(method, channel, urgency, LongestWait);
        if (wait > LongestWait)
            return new SlackReply.RateLimited(wait);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, clock, cancellationToken);
        var isApps = method == OpenSocket;
        if (!TryToken(isApps, out var token))
            return new SlackReply.Refused("not_authed", $"the {(isApps ? "app-level" : "bot")} token could not be read");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.ApiUrl, method));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new FormUrlEncodedContent(arguments.Where(a => a.Value is not null).Select(a => KeyValuePair.Create(a.Name, a.Value!)));
        var (reply, headers) = await SendAsync(method, request, cancellationToken);
        if (reply is SlackReply.RateLimited limited)
            pace.Pause(method, channel, limited.After);
        if (reply is SlackReply.Ok && method == "auth.test")
            CheckScopes(headers);
        return reply;
    }

    /// <summary>Asks, with the app-level token, for the address of a socket: good for one connection, soon.</summary>
    public Task<SlackReply> OpenSocketAsync(CancellationToken cancellationToken) => CallAsync(OpenSocket, Urgency.Notification, cancellationToken);

    /// <summary>Posts to a <c>response_url</c>, a bearer secret: only to hosts that are allowed, and it is never logged (E4).</summary>
    public async Task<bool> RespondAsync(Uri responseUrl, JsonObject body, CancellationToken cancellationToken)
    {
        if (!options.IsAllowedResponseUrl(responseUrl))
            return false;
        using var patience = Deadline(cancellationToken, out var either);
        using var linked = either;
        try
        {
            using var content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json", "utf-8"));
            using var response = await points.AroundAsync("chat response_url", () => http.Client.PostAsync(responseUrl, content, either.Token));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogUnanswered(log, "response_url", e.GetType().Name);
            return false;
        }
    }

    private async Task<(SlackReply Reply, HttpResponseHeaders? Headers)> SendAsync(string method, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var patience = Deadline(cancellationToken, out var either);
        using var linked = either;
        try
        {
            using var response = await points.AroundAsync($"chat {method}", () => http.Client.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token));
            return (await ReadAsync(method, response, either.Token), response.Headers);
        }
        catch (HttpRequestException e)
        {
            LogUnanswered(log, method, e.HttpRequestError.ToString());
            var neverLeft = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;
            return (new SlackReply.Failed($"{method}: {e.HttpRequestError}", MayHaveHappened: !neverLeft), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogUnanswered(log, method, "timeout");
            return (new SlackReply.Failed($"{method}: no answer within {Patience.TotalSeconds:0} s", MayHaveHappened: true), null);
        }
    }

    private async Task<SlackReply> ReadAsync(string method, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
            return new SlackReply.RateLimited(Jittered(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(30)));
        if (response.StatusCode != HttpStatusCode.OK)
            return new SlackReply.Failed(string.Create(CultureInfo.InvariantCulture, $"{method}: HTTP {(int)response.StatusCode}"), MayHaveHappened: true);
        if (response.Content.Headers.ContentLength > LargestAnswer || ChatJson.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken)) is not { } body)
            return new SlackReply.Failed($"{method}: an answer that is not JSON", MayHaveHappened: true);
        if (body.Flag("ok"))
            return new SlackReply.Ok(body);
        var error = body.Text("error") ?? "unknown_error";
        if (error == "ratelimited")
            return new SlackReply.RateLimited(Jittered(TimeSpan.FromSeconds(30)));
        if (error is "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout")
            return new SlackReply.Failed($"{method}: {error}", MayHaveHappened: true);
        var messages = (body["response_metadata"]?["messages"] as JsonArray)?.Select(m => m?.ToString()).OfType<string>() ?? [];
        var refused = new SlackReply.Refused(error, string.Join(' ', messages.Append(body.Text("needed") is { } needed ? $"needed: {needed}" : "")).Trim());
        LogRefused(log, method, refused.Error, refused.Details);
        return refused;
    }

    /// <summary>The file or variable that holds it may be gone for a moment while it is rotated.</summary>
    private bool TryToken(bool isApps, out string token)
    {
        try
        {
            token = isApps ? options.AppToken() : options.BotToken();
            return token.Length > 0;
        }
        catch (Exception e)
        {
            LogNoToken(log, isApps ? "Slack:AppToken" : "Slack:BotToken", e.GetType().Name);
            token = "";
            return false;
        }
    }

    private CancellationTokenSource Deadline(CancellationToken cancellationToken, out CancellationTokenSource either)
    {
        var patience = new CancellationTokenSource(Patience, clock);
        either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        return patience;
    }

    private void CheckScopes(HttpResponseHeaders? headers)
    {
        if (headers is null || !headers.TryGetValues("x-oauth-scopes", out var granted))
            return;
        var have = granted.SelectMany(g => g.Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        var missing = SlackScopes.Needed.Where(s => !have.Contains(s)).ToList();
        if (missing.Count > 0)
            LogMissingScopes(log, string.Join(", ", missing));
    }

    [SuppressMessage("Security", "CA5394", Justification = "Jitter needs no secrecy.")]
    private static TimeSpan Jittered(TimeSpan after) => after + TimeSpan.FromMilliseconds(Random.Shared.Next(50, 500));

    [LoggerMessage(Level = LogLevel.Error, Message = "{Setting} could not be read ({Why}): Slack cannot be reached until it can")]
    private static partial void LogNoToken(ILogger log, string setting, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack did not answer {Method}: {Why}")]
    private static partial void LogUnanswered(ILogger log, string method, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slack refused {Method}: {Error} {Details}")]
    private static partial void LogRefused(ILogger log, string method, string error, string details);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Slack token lacks the scopes {Missing}. Add them under OAuth & Permissions and install the app again; until then some messages cannot be sent")]
    private static partial void LogMissingScopes(ILogger log, string missing);
}

/// <summary>The scopes the code needs; the manifest asks for these and no others.</summary>
internal static class SlackScopes
{
    public static IReadOnlyList<string> Needed { get; } = ["commands", "chat:write", "im:write", "users:read", "channels:read", "groups:read"];
}
