using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace JitBroker.Client;

/// <summary>One HTTP call to be made, as often as its sender must.</summary>
internal sealed record Call(HttpMethod Method, string Path)
{
    internal Func<HttpContent>? Content { get; init; }

    internal string? IdempotencyKey { get; init; }

    internal bool Authenticated { get; init; } = true;

    /// <summary>Whether a second sending does no second thing.</summary>
    internal bool Repeatable => Method == HttpMethod.Get || IdempotencyKey is not null;

    internal static Call Get(string path) => new(HttpMethod.Get, path);

    internal static Call Post(string path, string? idempotencyKey = null) => new(HttpMethod.Post, path) { IdempotencyKey = idempotencyKey };

    internal static Call Post<T>(string path, T body, JsonTypeInfo<T> type, string? idempotencyKey = null) => new(HttpMethod.Post, path)
    {
        IdempotencyKey = idempotencyKey,
        Content = () => new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type))
        {
            Headers = { ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" } },
        },
    };

    internal static Call Form(string path, params (string Name, string Value)[] fields) => new(HttpMethod.Post, path)
    {
        Authenticated = false,
        Content = () => new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
    };

    /// <summary>An id or a name as one segment of a path. (A bare dot segment would be resolved away even when escaped, so it is kept from being one.)</summary>
    internal static string Segment(string text) => text is "" or "." or ".." ? $"{Uri.EscapeDataString(text)}%20" : Uri.EscapeDataString(text);

    /// <summary>A query of the given fields, those that are null left out.</summary>
    internal static string Query(string path, params (string Name, string? Value)[] fields)
    {
        var given = string.Join('&', fields.Where(field => field.Value is not null).Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}"));
        return given.Length == 0 ? path : $"{path}?{given}";
    }
}
