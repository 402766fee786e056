using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JitBroker.Issuing;

/// <summary>
/// Secret text in memory. Printing, formatting or debugging it gives <c>***</c> and it refuses to be serialized; <see cref="Reveal"/> is the only way
/// to the text, so that each use can be found. Not comparable on purpose.
/// </summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(Refuse))]
public sealed class Secret(string text)
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _text = text;

    /// <summary>The secret itself. Hand it to the target and let go of it; never store, log or show it (rule 11).</summary>
    public string Reveal() => _text;

    public override string ToString() => "***";

    private sealed class Refuse : JsonConverter<Secret>
    {
        public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not read from JSON: name it by a reference.");

        public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is not written as JSON.");
    }
}
