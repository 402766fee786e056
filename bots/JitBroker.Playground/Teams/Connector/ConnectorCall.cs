using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>One call of the connector: its ids decoded, its body read.</summary>
internal sealed record ConnectorCall(string Name, string Conversation, string? Id, JsonObject Body, int Bytes, IQueryCollection Query)
{
    private const int MostRead = 1 << 20;

    /// <summary>Null when the body is no JSON object.</summary>
    public static async Task<ConnectorCall?> ReadAsync(string name, HttpContext http, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, ct);
        var bytes = (int)Math.Min(buffer.Length, int.MaxValue);
        var body = bytes is 0 or > MostRead ? [] : Wire.Parse(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, bytes)) as JsonObject;
        if (body is null) return null;
        return new ConnectorCall(name, Decoded(http, "conversation") ?? "", Decoded(http, "id"), body, bytes, http.Request.Query);
    }

    // a route value keeps an encoded slash, which Teams' ids do not have, and decodes all else
    private static string? Decoded(HttpContext http, string name) => http.Request.RouteValues.GetValueOrDefault(name) as string;

    public JsonObject ForLog()
    {
        var shown = new JsonObject();
        if (Conversation.Length > 0) shown["conversation"] = Conversation;
        if (Id is not null) shown["id"] = Id;
        if (Body.Count > 0) shown["body"] = Body.DeepClone();
        return shown;
    }
}
