using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.WebApi;

/// <summary>One Web API method: what it needs, how often it may be called, what it does.</summary>
/// <param name="Scope">The one scope it always needs; null: none, or it depends on the argument.</param>
internal sealed record ApiMethod(string Name, string? Scope, int PerMinute, Func<ApiCall, ApiAnswer> Handle)
{
    /// <summary>Whether it puts a message into the conversation named by <c>channel</c>.</summary>
    public bool Posts { get; init; }

    /// <summary>Whether it takes the app-level token instead of the bot's.</summary>
    public bool AppToken { get; init; }

    /// <summary>How many calls pass at once; 0: a minute's worth.</summary>
    public int Burst { get; init; }
}

/// <summary><c>POST /api/{method}</c>: bearer, rate limit, scope, then the method. 200 also for refusals, 429 with Retry-After, as Slack.</summary>
internal sealed class WebApiEndpoint(Workspace workspace, IEnumerable<ApiMethod> methods, Faults faults, CallFaults chance, CallLog log)
{
    private readonly Dictionary<string, ApiMethod> _methods = methods.ToDictionary(m => m.Name, StringComparer.Ordinal);
    private readonly RateLimiter _limiter = new(workspace.Options.RateLimits, workspace.Clock);

    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var name = (string)http.Request.RouteValues["method"]!;
        var (call, unreadable) = await ApiCall.ReadAsync(name, http.Request, ct);
        var fault = faults.Take(name) ?? chance.Take(name);
        if (fault is { AfterEffect: false })
        {
            await FailAsync(http, call, fault, null, ct);
            return;
        }
        var answer = call is null ? ApiAnswer.Fail(unreadable!) : Answer(call, http);
        if (fault is not null) await FailAsync(http, call, fault, answer, ct);
        else await WriteAsync(http, call, answer, ct);
    }

    private ApiAnswer Answer(ApiCall call, HttpContext http)
    {
        if (!_methods.TryGetValue(call.Method, out var method)) return ApiAnswer.Fail("unknown_method");
        var options = workspace.Options;
        var token = Bearer(http.Request) ?? call.Text("token");
        if (token is null) return ApiAnswer.Fail("not_authed");
        if (token != options.BotToken && token != options.AppToken) return ApiAnswer.Fail("invalid_auth");
        if (token != (method.AppToken ? options.AppToken : options.BotToken)) return ApiAnswer.Fail("not_allowed_token_type");
        var headers = http.Response.Headers;
        headers["x-oauth-scopes"] = string.Join(',', options.Scopes);
        if (method.Scope is { } accepted) headers["x-accepted-oauth-scopes"] = accepted;
        if (_limiter.Refuse(method.Name, method.PerMinute, method.Burst, method.Posts ? call.Text("channel") ?? "" : null) is { } seconds)
        {
            http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return ApiAnswer.Fail("ratelimited");
        }
        if (method.Scope is { } needed && !options.Scopes.Contains(needed)) return ApiAnswer.MissingScope(needed, options.Scopes);
        lock (workspace.Gate) return method.Handle(call);
    }

    private async Task FailAsync(HttpContext http, ApiCall? call, Fault fault, ApiAnswer? answer, CancellationToken ct)
    {
        if (fault.Delay > TimeSpan.Zero) await Task.Delay(fault.Delay, workspace.Clock, ct);
        if (fault.BreaksConnection)
        {
            Note(call, (string)http.Request.RouteValues["method"]!, 0, ApiAnswer.Fail("connection_broken"));
            http.Abort();
            return;
        }
        if (fault.KeepsAnswer)
        {
            await WriteAsync(http, call, answer!, ct);
            return;
        }
        http.Response.StatusCode = fault.Status;
        if (fault.RetryAfter is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await WriteAsync(http, call, ApiAnswer.Fail(fault.Error ?? (fault.Status == 429 ? "ratelimited" : "internal_error")), ct);
    }

    private async Task WriteAsync(HttpContext http, ApiCall? call, ApiAnswer answer, CancellationToken ct)
    {
        Note(call, (string)http.Request.RouteValues["method"]!, http.Response.StatusCode, answer);
        http.Response.ContentType = "application/json; charset=utf-8";
        await http.Response.WriteAsync(answer.Body.ToJsonString(Wire.Json), ct);
    }

    private void Note(ApiCall? call, string method, int status, ApiAnswer answer)
    {
        var shown = new JsonObject((call?.Arguments ?? new Dictionary<string, JsonNode?>()).Where(a => a.Key != "token").Select(a => KeyValuePair.Create(a.Key, a.Value?.DeepClone())));
        var said = (JsonObject)answer.Body.DeepClone();
        // the ticket in it opens a socket
        if (method == "apps.connections.open" && said.ContainsKey("url")) said["url"] = "…";
        log.Add(new CallRecord(workspace.Clock.GetUtcNow(), method, shown, status, said));
        workspace.Changed();
    }

    private static string? Bearer(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
    }
}
