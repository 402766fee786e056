using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace JitBroker.Bots.Slack;

/// <summary>A message as it is sent: blocks, and the text of its notification, which also stands where blocks cannot be shown.</summary>
internal sealed record SlackMessage(string Text, IReadOnlyList<Block> Blocks);

/// <summary>A modal.</summary>
internal sealed record ModalView(string CallbackId, TextObject Title, IReadOnlyList<Block> Blocks)
{
    public string Type => "modal";

    /// <summary>Required when there is an input block.</summary>
    public TextObject? Submit { get; init; }

    public TextObject? Close { get; init; }

    /// <summary>Comes back as it went, through the person's client: a look-up key at most.</summary>
    public string? PrivateMetadata { get; init; }
}

/// <summary>A person's Home.</summary>
internal sealed record HomeView(IReadOnlyList<Block> Blocks)
{
    public string Type => "home";

    public string CallbackId => "home";
}

/// <summary>How Slack's JSON is written.</summary>
internal static class SlackJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static JsonNode? ToNode<T>(T value) => JsonSerializer.SerializeToNode(value, Options);
}
