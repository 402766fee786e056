using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace JitBroker.Playground.WebApi;

/// <summary>One Web API call's arguments, whether they came as a form (objects as JSON strings) or as a JSON body.</summary>
internal sealed class ApiCall(string method, IReadOnlyDictionary<string, JsonNode?> arguments)
{
    private const int MaxBody = 1 << 20;

    public string Method => method;
    public IReadOnlyDictionary<string, JsonNode?> Arguments => arguments;

    /// <summary>Null when absent or empty; numbers and flags read as their text.</summary>
    public string? Text(string name) => arguments.GetValueOrDefault(name) switch
    {
        JsonValue v when v.TryGetValue<string>(out var s) => s.Length == 0 ? null : s,
        JsonValue v => v.ToJsonString(),
        _ => null,
    };

    public bool Has(string name) => arguments.GetValueOrDefault(name) is { } n && Wire.Text(n) is not "";

    public bool Flag(string name) => Text(name) is "true" or "1";

    /// <summary>An object or array, also when it came as a JSON string. Null when absent or not JSON.</summary>
    public JsonNode? Json(string name) => arguments.GetValueOrDefault(name) switch
    {
        JsonValue v when v.TryGetValue<string>(out var s) => Wire.Parse(s),
        var node => node?.DeepClone(),
    };

    /// <summary>Reads the body; a fault is Slack's error code.</summary>
    public static async Task<(ApiCall? Call, string? Fault)> ReadAsync(string method, HttpRequest request, CancellationToken ct)
    {
        var arguments = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (name, value) in request.Query) arguments[name] = value.ToString();
        var type = request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, ct);
        if (buffer.Length > MaxBody) return (null, "request_too_large");
        if (buffer.Length == 0) return (new ApiCall(method, arguments), null);
        buffer.Position = 0;
        if (type == "application/json") return ReadJson(method, buffer, arguments);
        if (type != "application/x-www-form-urlencoded") return (null, "invalid_post_type");
        foreach (var (name, value) in await new FormPipeReader(System.IO.Pipelines.PipeReader.Create(buffer)) { ValueLengthLimit = MaxBody }.ReadFormAsync(ct))
            arguments[name] = value.ToString();
        return (new ApiCall(method, arguments), null);
    }

    private static (ApiCall?, string?) ReadJson(string method, MemoryStream buffer, Dictionary<string, JsonNode?> arguments)
    {
        if (Wire.Parse(System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)) is not { } node) return (null, "invalid_json");
        if (node is not JsonObject body) return (null, "json_not_object");
        foreach (var (name, value) in body) arguments[name] = value?.DeepClone();
        return (new ApiCall(method, arguments), null);
    }
}

/// <summary>What a method answers: Slack's <c>ok</c> with fields, or an error code with what goes with it.</summary>
internal sealed class ApiAnswer
{
    private ApiAnswer(JsonObject body) => Body = body;

    public JsonObject Body { get; }
    public bool Ok => Wire.Flag(Body["ok"]);
    public string? Error => Wire.Text(Body["error"]);

    public static ApiAnswer With(params ReadOnlySpan<(string Name, JsonNode? Value)> fields)
    {
        var body = new JsonObject { ["ok"] = true };
        foreach (var (name, value) in fields) body[name] = value;
        return new ApiAnswer(body);
    }

    public static ApiAnswer Fail(string error) => new(new JsonObject { ["ok"] = false, ["error"] = error });

    /// <summary>The form of Block Kit's refusals: each message names the place by a JSON pointer.</summary>
    public static ApiAnswer Fail(string error, IReadOnlyCollection<string> messages) => new(new JsonObject
    {
        ["ok"] = false,
        ["error"] = error,
        ["response_metadata"] = new JsonObject { ["messages"] = new JsonArray([.. messages.Select(m => (JsonNode)m)]) },
    });

    public static ApiAnswer MissingScope(string needed, IEnumerable<string> provided) => new(new JsonObject
    {
        ["ok"] = false, ["error"] = "missing_scope", ["needed"] = needed, ["provided"] = string.Join(',', provided),
    });
}
