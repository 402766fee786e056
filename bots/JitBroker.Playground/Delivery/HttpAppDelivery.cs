using System.Globalization;
using System.Net.Http.Headers;

namespace JitBroker.Playground.Delivery;

/// <summary>Signed HTTP POSTs, as Slack sends them: exact content types without parameters, no redirects, three seconds.</summary>
internal sealed class HttpAppDelivery : IAppDelivery, IDisposable
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private const int MaxAnswer = 1 << 20;

    private readonly PlaygroundOptions _options;
    private readonly AppAddresses _addresses;
    private readonly DeliveryLog _log;
    private readonly HttpClient _http;

    public HttpAppDelivery(PlaygroundOptions options, AppAddresses addresses, DeliveryLog log)
    {
        (_options, _addresses, _log) = (options, addresses, log);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswer };
    }

    public Task<DeliveryOutcome> DeliverAsync(AppDelivery delivery, CancellationToken ct)
    {
        if (_addresses.For(delivery.Kind) is not { } url) return Task.FromResult(new DeliveryOutcome("", 0, "", "", "not_connected"));
        if (delivery.Path is { } path) url = new Uri(url, path);
        var now = _options.Clock.GetUtcNow();
        var timestamp = delivery.Timestamp ?? now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["User-Agent"] = "Slackbot 1.0 (+https://api.slack.com/robots)",
            ["Accept"] = "*/*",
            ["Content-Type"] = delivery.ContentType,
            ["X-Slack-Request-Timestamp"] = timestamp,
            ["X-Slack-Signature"] = delivery.Signature ?? SlackSignature.Of(_options.SigningSecret, timestamp, delivery.Body),
        };
        if (delivery.RetryReason is { } reason)
        {
            headers["X-Slack-Retry-Num"] = delivery.RetryNumber.ToString(CultureInfo.InvariantCulture);
            headers["X-Slack-Retry-Reason"] = reason;
        }
        foreach (var (name, value) in delivery.Headers) headers[name] = value;
        return SendAsync(new DeliveryRecord(_log.NextId(), now, delivery.Kind, delivery.Type, url, [.. headers], delivery.Body) { Source = delivery }, ct);
    }

    /// <summary>Sends a recorded delivery once more: same address, same headers, same bytes.</summary>
    public Task<DeliveryOutcome> AgainAsync(DeliveryRecord record, CancellationToken ct) =>
        SendAsync(record with { Id = _log.NextId(), At = _options.Clock.GetUtcNow(), Outcome = null }, ct);

    public void Dispose() => _http.Dispose();

    private async Task<DeliveryOutcome> SendAsync(DeliveryRecord record, CancellationToken ct)
    {
        _log.Add(record);
        var started = _options.Clock.GetTimestamp();
        record.Outcome = await AskAsync(record, ct);
        record.Took = _options.Clock.GetElapsedTime(started);
        return record.Outcome;
    }

    private async Task<DeliveryOutcome> AskAsync(DeliveryRecord record, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, _options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            using var request = Request(record);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = await response.Content.ReadAsStringAsync(either.Token);
            var noRetry = response.Headers.TryGetValues("X-Slack-No-Retry", out var values) && values.Contains("1", StringComparer.Ordinal);
            var status = (int)response.StatusCode;
            var type = response.Content.Headers.ContentType?.MediaType ?? "";
            return new DeliveryOutcome(record.Id, status, type, body, status == 200 ? null : "http_error", noRetry);
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

    private static HttpRequestMessage Request(DeliveryRecord record)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, record.Url) { Content = new ByteArrayContent(record.Body) };
        foreach (var (name, value) in record.Headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) request.Content.Headers.TryAddWithoutValidation(name, value);
            else request.Headers.TryAddWithoutValidation(name, value);
        }
        return request;
    }
}
