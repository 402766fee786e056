using System.Diagnostics;
using System.Text.Json.Nodes;

namespace JitBroker.Issuing;

/// <summary>
/// Secret material on its way to its holder, in the shape of contract §4 for its kind. Lives in memory for one answer; is never stored or logged.
/// </summary>
[DebuggerDisplay("***")]
public sealed class Credential(string kind, JsonObject body)
{
    public string Kind => kind;

    /// <summary>The secret itself. Only the one authenticated answer to the holder may contain it.</summary>
    public JsonObject Reveal() => body;

    public override string ToString() => "***";
}
