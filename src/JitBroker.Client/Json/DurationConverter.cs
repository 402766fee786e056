using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;

namespace JitBroker.Client;

/// <summary>Durations of replies: written as <c>PT1H30M</c>, read from any ISO 8601 duration, zero and fractions included. (Bodies carry durations as text, see <see cref="Durations"/>.)</summary>
public sealed class DurationConverter : JsonConverter<TimeSpan>
{
    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        try
        {
            return XmlConvert.ToTimeSpan(text);
        }
        catch (Exception fault) when (fault is FormatException or OverflowException)
        {
            throw new JsonException("A duration is written like PT1H30M.", fault);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Durations.ToIso(value));
}
