using System.Text.Json;
using System.Text.Json.Serialization;

namespace JitBroker.Storage;

/// <summary>
/// Many rows as the one parameter of a statement: thousands may move together, and a statement costs more than a row. Columns are named after the properties
/// (<c>EndsAt</c> is <c>ends_at</c>); instants are written as <see cref="Instants"/> writes them, which both engines read.
/// </summary>
public static class JsonRows
{
    /// <summary>
    /// Behind a column: is one of <c>@ids</c>, a JSON array of texts. PostgreSQL takes rows that come out of JSON for a hundred and would read a whole table for one of
    /// them; an array it takes for ten.
    /// </summary>
    public const string AmongIds = "/* pg instead: = any(array(select json_array_elements_text(cast(@ids as json)))) */ in (select value from json_each(@ids)) /* end */";

    /// <summary>For PostgreSQL, behind the column that is joined with the <c>id</c> of <c>@rows</c>: says the same once more as an array, so that it comes by that column.</summary>
    public const string AmongRows = "= any(array(select value ->> 'id' from json_array_elements(cast(@rows as json))))";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new InstantConverter() },
    };

    /// <summary>The rows as the text of the parameter.</summary>
    public static string Of<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(rows, Options);

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Instants.FromText(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Instants.ToText(value));
    }
}

/// <summary>Rows as the parameter of a statement that reads them as <c>@rows</c>.</summary>
internal sealed record ManyRows(string Rows);

/// <summary>As <see cref="ManyRows"/>, but it is one, and the statement is written for it (<see cref="Dialect.OfOne"/>).</summary>
internal sealed record OneRow(string Rows);
