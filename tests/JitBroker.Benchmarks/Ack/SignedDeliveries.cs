using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.People;
using JitBroker.Playground.Delivery;

namespace JitBroker.Benchmarks.Ack;

/// <summary>Slash commands and button presses as Slack posts and signs them.</summary>
internal sealed class SignedDeliveries(Uri broker, string signingSecret, TimeProvider clock) : IDisposable
{
    private const string Channel = "C0DATA";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 200 }) { BaseAddress = broker };
    private long _count;

    /// <returns>Whether it was answered with 200.</returns>
    public Task<bool> CommandAsync(Person who, string text, CancellationToken cancellationToken) =>
        PostAsync("slack/commands", Form(("command", "/access"), ("text", text), ("team_id", BenchCatalog.Team), ("channel_id", Channel), ("user_id", BenchCatalog.AccountOf(who)), ("trigger_id", Trigger())), cancellationToken);

    /// <returns>Whether it was answered with 200.</returns>
    public Task<bool> PressAsync(Person who, string action, string value, CancellationToken cancellationToken)
    {
        var timestamp = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow().ToUnixTimeSeconds()}.{Interlocked.Increment(ref _count) % 1_000_000:D6}");
        var payload = new JsonObject
        {
            ["type"] = "block_actions",
            ["trigger_id"] = Trigger(),
            ["team"] = new JsonObject { ["id"] = BenchCatalog.Team },
            ["user"] = new JsonObject { ["id"] = BenchCatalog.AccountOf(who), ["team_id"] = BenchCatalog.Team },
            ["channel"] = new JsonObject { ["id"] = Channel },
            ["container"] = new JsonObject { ["type"] = "message", ["message_ts"] = timestamp, ["channel_id"] = Channel, ["is_ephemeral"] = false },
            ["actions"] = new JsonArray(new JsonObject { ["type"] = "button", ["action_id"] = action, ["block_id"] = "actions", ["value"] = value }),
        };
        return PostAsync("slack/interactions", Form(("payload", payload.ToJsonString())), cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> PostAsync(string path, byte[] body, CancellationToken cancellationToken)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/x-www-form-urlencoded");
        request.Headers.Add("X-Slack-Request-Timestamp", timestamp);
        request.Headers.Add("X-Slack-Signature", SlackSignature.Of(signingSecret, timestamp, body));
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            // Not answered: counted as failed.
            return false;
        }
    }

    private string Trigger() => string.Create(CultureInfo.InvariantCulture, $"1.{clock.GetTimestamp()}.{Interlocked.Increment(ref _count)}");

    private static byte[] Form(params (string Name, string Value)[] fields) =>
        Encoding.UTF8.GetBytes(string.Join('&', fields.Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value)}")));
}
