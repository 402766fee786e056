using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.Teams.Tokens;

namespace JitBroker.Playground.Teams.Delivery;

/// <summary>One activity on its way to the bot, as it went out and what came back.</summary>
internal sealed record ActivityRecord(string Id, DateTimeOffset At, string Type, Uri Url, string? Authorization, byte[] Body)
{
    public DeliveryOutcome? Outcome { get; set; }
    public TimeSpan Took { get; set; }
}

/// <summary>How activities reach the bot.</summary>
internal interface IBotDelivery
{
    /// <summary>Delivers once. Never throws for what the bot did.</summary>
    Task<DeliveryOutcome> DeliverAsync(JsonObject activity, CancellationToken ct);
}

/// <summary>POSTs to the bot's messaging endpoint with a token of the Bot Framework: no redirects; fifteen seconds, ten for what must be answered.</summary>
internal sealed class BotDelivery : IBotDelivery, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PatienceOfInvokes = TimeSpan.FromSeconds(10);
    private const int MaxAnswer = 1 << 20;

    private readonly Tenant _tenant;
    private readonly BotFramework _framework;
    private readonly ActivityLog _log;
    private readonly HttpClient _http;

    public BotDelivery(Tenant tenant, BotFramework framework, ActivityLog log)
    {
        (_tenant, _framework, _log) = (tenant, framework, log);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswer };
    }

    public Task<DeliveryOutcome> DeliverAsync(JsonObject activity, CancellationToken ct) =>
        DeliverAsync(TypeOf(activity), Encoding.UTF8.GetBytes(activity.ToJsonString(Wire.Json)), $"Bearer {_framework.Token(Forgery.None)}", ct);

    /// <summary>Anything, with any header or none.</summary>
    public Task<DeliveryOutcome> DeliverAsync(string type, byte[] body, string? authorization, CancellationToken ct) => _tenant.MessagesUrl is { } url
        ? SendAsync(new ActivityRecord(_log.NextId(), _tenant.Clock.GetUtcNow(), type, url, authorization, body), ct)
        : Task.FromResult(new DeliveryOutcome("", 0, "", "", "not_connected"));

    /// <summary>Sends a recorded activity once more: same address, same token, same bytes.</summary>
    public Task<DeliveryOutcome> AgainAsync(ActivityRecord record, CancellationToken ct) =>
        SendAsync(record with { Id = _log.NextId(), At = _tenant.Clock.GetUtcNow(), Outcome = null }, ct);

    public void Dispose() => _http.Dispose();

    /// <summary>The name of an invoke, else the type.</summary>
    public static string TypeOf(JsonObject activity) => Wire.Text(activity["name"]) ?? Wire.Text(activity["type"]) ?? "activity";

    private async Task<DeliveryOutcome> SendAsync(ActivityRecord record, CancellationToken ct)
    {
        _log.Add(record);
        var started = _tenant.Clock.GetTimestamp();
        record.Outcome = await AskAsync(record, ct);
        record.Took = _tenant.Clock.GetElapsedTime(started);
        _tenant.Changed();
        return record.Outcome;
    }

    private async Task<DeliveryOutcome> AskAsync(ActivityRecord record, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(record.Type.Contains('/', StringComparison.Ordinal) ? PatienceOfInvokes : Patience, _tenant.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, record.Url) { Content = new ByteArrayContent(record.Body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
            request.Headers.TryAddWithoutValidation("User-Agent", "Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)");
            if (record.Authorization is { } header) request.Headers.TryAddWithoutValidation("Authorization", header);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            var status = (int)response.StatusCode;
            return new DeliveryOutcome(record.Id, status, response.Content.Headers.ContentType?.MediaType ?? "", body, status is >= 200 and < 300 ? null : "http_error");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return new DeliveryOutcome(record.Id, 0, "", "", "operation_timeout");
        }
        catch (HttpRequestException e)
        {
            return new DeliveryOutcome(record.Id, 0, "", e.Message, "connection_failed");
        }
    }
}
