using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>Answers a call, unless a fault was asked for or comes by chance; either way it is logged.</summary>
internal sealed class CallTrouble(Tenant tenant, Faults faults, CallFaults chance, CallLog log)
{
    /// <param name="shown">What the log keeps of the arguments.</param>
    /// <param name="kept">What the log keeps of the answer's body; null: all.</param>
    public async Task AnswerAsync(HttpContext http, string name, JsonObject shown, Func<Task<ConnectorAnswer>> effect, Func<JsonNode?, JsonNode?>? kept = null)
    {
        var ct = http.RequestAborted;
        var fault = faults.Take(name) ?? chance.Take(name);
        var answer = fault is { AfterEffect: false } ? null : await effect();
        if (fault is { Delay: var delay } && delay > TimeSpan.Zero) await Task.Delay(delay, tenant.Clock, ct);
        if (fault is { BreaksConnection: true } or { Status: 0, KeepsAnswer: false })
        {
            Note(name, shown, 0, null);
            http.Abort();
            return;
        }
        if (fault is { KeepsAnswer: false })
            answer = ConnectorAnswer.Fail(fault.Status, fault.Error ?? Code(fault.Status), "The playground was asked to fail here.") with { RetryAfter = fault.RetryAfter };
        Note(name, shown, answer!.Status, kept is null || answer.Status >= 400 ? answer.Body?.DeepClone() : kept(answer.Body));
        await WriteAsync(http, answer, ct);
    }

    private static async Task WriteAsync(HttpContext http, ConnectorAnswer answer, CancellationToken ct)
    {
        http.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (answer.Body is null) return;
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(answer.Body.ToJsonString(Wire.Json), ct);
    }

    private static string Code(int status) => status switch
    {
        401 => "BotNotRegistered", 403 => "BotDisabledByAdmin", 404 => "ConversationNotFound", 412 => "PreconditionFailed", 413 => "MessageSizeTooBig", 429 => "Throttled", _ => "ServiceError",
    };

    private void Note(string name, JsonObject shown, int status, JsonNode? answer)
    {
        log.Add(new CallRecord(tenant.Clock.GetUtcNow(), name, shown, status, answer as JsonObject));
        tenant.Changed();
    }
}
