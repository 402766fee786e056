using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JitBroker.Client;

/// <summary>Instants as <c>2026-11-22T10:00:00.000Z</c>: UTC, milliseconds, cut and never rounded up. Reads any ISO 8601 instant that names its offset.</summary>
public sealed class InstantConverter : JsonConverter<DateTimeOffset>
{
    /// <summary>The one format in which the API writes an instant.</summary>
    public const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    /// <summary>The instant as the API writes it.</summary>
    public static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>An instant of a query: ISO 8601 with its offset; null when it is none.</summary>
    public static DateTimeOffset? TryRead(string text) =>
        NamesItsOffset(text) && text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var instant)
            ? instant.ToUniversalTime()
            : null;

    /// <inheritdoc/>
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        // System.Text.Json takes an instant without an offset for local time; here that would be a guess.
        if (NamesItsOffset(text) && reader.TryGetDateTimeOffset(out var instant))
            return instant.ToUniversalTime();
        throw new JsonException("An instant is written like 2026-11-22T10:00:00.000Z.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));

    private static bool NamesItsOffset(string text) => text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
}
