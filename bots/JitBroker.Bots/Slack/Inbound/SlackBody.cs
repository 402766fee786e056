using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace JitBroker.Bots.Slack;

/// <summary>Reads a signed body: a form (commands, and interactions in its one field <c>payload</c>) or JSON (events).</summary>
internal static class SlackBody
{
    public const string Form = "application/x-www-form-urlencoded";
    public const string Json = "application/json";

    private const int MostFields = 64;

    /// <summary>Slack's certificate check, which may come unsigned: nothing else of such a body may be looked at.</summary>
    public static bool IsSslCheck(string mediaType, ReadOnlyMemory<byte> body) =>
        mediaType == Form && body.Length < 10_000 && Fields(body) is { } fields && fields.TryGetValue("ssl_check", out var check) && check == "1";

    /// <summary>Its kind and payload; null when it is none that we know the shape of.</summary>
    public static (string Kind, JsonObject Payload)? Read(string mediaType, ReadOnlyMemory<byte> body)
    {
        var payload = mediaType == Json ? ChatJson.Read(body.Span) : OfForm(body);
        if (payload is null)
            return null;
        if (mediaType == Form && payload.Text("command") is not null && payload["type"] is null)
            return (SlackKinds.Command, payload);
        return payload.Text("type") is { Length: > 0 and < 64 } kind ? (kind, payload) : null;
    }

    private static JsonObject? OfForm(ReadOnlyMemory<byte> body)
    {
        if (Fields(body) is not { } fields || fields.Values.Any(v => v.Count != 1))
            return null;
        if (fields.TryGetValue("payload", out var json))
            return fields.Count == 1 ? ChatJson.Read(Encoding.UTF8.GetBytes(json.ToString())) : null;
        return new JsonObject(fields.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value.ToString())));
    }

    private static Dictionary<string, StringValues>? Fields(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(body.Span)) { ValueCountLimit = MostFields, ValueLengthLimit = SlackEndpoint.LargestBody, KeyLengthLimit = 100 };
            return reader.ReadForm();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
