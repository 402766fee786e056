using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Audit;

/// <summary>An event as the world sees it: one JSON object, in canonical form (RFC 8785), the same when it is sealed and ever after.</summary>
public static class EventForm
{
    /// <summary>Instants of the API: UTC, milliseconds, cut.</summary>
    public const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly JsonDocumentOptions OneOfEachName = new() { AllowDuplicateProperties = false };

    /// <summary>What is hashed: the event at its place, without its hash.</summary>
    public static string Canonical(AuditEvent happened, long seq) => CanonicalJson.Of(Members(happened, seq));

    /// <summary>What is shown and exported: the same with its hash.</summary>
    /// <param name="happened">Sealed.</param>
    public static string Line(AuditEvent happened)
    {
        var members = Members(happened, happened.Seq!.Value);
        members["hash"] = happened.Hash;
        return CanonicalJson.Of(members);
    }

    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);

    private static JsonObject Members(AuditEvent happened, long seq) => new()
    {
        ["seq"] = seq,
        ["at"] = Text(happened.At),
        ["type"] = happened.Type,
        ["aggregate"] = happened.Aggregate,
        ["aggregateId"] = happened.AggregateId,
        ["version"] = happened.Version,
        ["actor"] = happened.Actor,
        ["surface"] = happened.Surface,
        ["about"] = happened.About,
        ["data"] = DataOf(happened.Data),
        ["id"] = happened.Id,
    };

    /// <summary>The details as JSON; as their bare text if they are none or have no canonical form, so that no event can ever stop the sealing.</summary>
    private static JsonNode? DataOf(string data)
    {
        try
        {
            var node = JsonNode.Parse(data, documentOptions: OneOfEachName);
            CanonicalJson.Of(node);
            return node;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            return JsonValue.Create(data);
        }
    }
}
