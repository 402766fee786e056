using System.Text.Json;
using System.Text.Json.Serialization;

namespace JitBroker.Storage;

/// <summary>
/// Many rows as the one parameter of a statement: thousands may move together, and a statement costs more than a row. Columns are named after the properties
/// (<c>EndsAt</c> is <c>ends_at</c>); instants are written as <see cref="Instants"/> writes them, which both engines read.
/// </summary>
internal static class JsonRows
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new InstantConverter() },
    };

    public static string Of<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(rows, Options);

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Instants.FromText(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Instants.ToText(value));
    }
}
