using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using JitBroker.Playground.State;

namespace JitBroker.Playground.WebApi;

/// <summary>What a message says, once it was found to be within Slack's limits.</summary>
internal sealed record MessageContent(string Text, JsonArray? Blocks, JsonObject? Metadata)
{
    public const int MaxText = 40_000;
    public const int MaxUpdateText = 4_000;

    // undocumented; about 13 thousand rendered characters were seen to be refused
    private const int MaxRendered = 13_000;

    /// <summary>The content, or Slack's refusal.</summary>
    public static (MessageContent? Content, ApiAnswer? Refused) Read(ApiCall call, Workspace workspace, int maxText = MaxText)
    {
        var text = call.Text("text") ?? "";
        if (text.Length > maxText) return (null, ApiAnswer.Fail("msg_too_long"));
        JsonArray? blocks = null;
        if (call.Has("blocks"))
        {
            if (call.Json("blocks") is not JsonArray given) return (null, ApiAnswer.Fail("invalid_blocks_format"));
            if (ViewShapes.FaultsOfMessage(given) is { Count: > 0 } faults) return (null, ApiAnswer.Fail("invalid_blocks", faults));
            if (Rendered(given) > MaxRendered) return (null, ApiAnswer.Fail("msg_blocks_too_long"));
            blocks = given.Count == 0 ? null : BlockWalk.WithIds(given, workspace.NewBlockId);
        }
        if (call.Has("attachments") && call.Json("attachments") is not JsonArray { Count: 0 })
            return (null, ApiAnswer.Fail("invalid_attachments", ["[ERROR] the playground has no legacy attachments; use blocks [json-pointer:/attachments]"]));
        if (text.Length == 0 && blocks is null) return (null, ApiAnswer.Fail("no_text"));
        JsonObject? metadata = null;
        if (call.Has("metadata"))
        {
            metadata = call.Json("metadata") as JsonObject;
            if (Wire.Text(metadata?["event_type"]) is null || metadata!["event_payload"] is not JsonObject) return (null, ApiAnswer.Fail("invalid_metadata_format"));
        }
        return (new MessageContent(text, blocks, metadata), null);
    }

    private static int Rendered(JsonNode? node) => node switch
    {
        JsonObject o => o.Sum(p => p.Key == "text" && Wire.Text(p.Value) is { } s ? s.Length : Rendered(p.Value)),
        JsonArray a => a.Sum(Rendered),
        _ => 0,
    };
}
