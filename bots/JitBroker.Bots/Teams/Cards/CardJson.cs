using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Bots.Teams;

/// <summary>How cards are written. Whoever sends one writes it like this, or it may be larger than it was measured.</summary>
internal static class CardJson
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonNode node) => node.ToJsonString(Options);

    public static int SizeOf(JsonNode node) => Encoding.UTF8.GetByteCount(Write(node));

    public static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
