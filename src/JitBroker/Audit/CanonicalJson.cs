using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Audit;

/// <summary>
/// The canonical form of a JSON value: RFC 8785 (JCS). One value has one text, so that texts may be hashed and compared. Keys are sorted by UTF-16 code
/// units, numbers are IEEE doubles in ECMAScript's form, strings carry only the escapes that JSON demands.
/// </summary>
public static class CanonicalJson
{
    private static readonly JsonWriterOptions Plain = new() { MaxDepth = 256 };

    /// <exception cref="ArgumentException">RFC 8785 has no form for it: a number beyond a double, or half of a surrogate pair in a string.</exception>
    public static string Of(JsonNode? node)
    {
        if (node is null)
            return "null";
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            try
            {
                node.WriteTo(writer);
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                throw new ArgumentException("A JSON value holds a string or number that has no canonical form.", nameof(node), e);
            }
        }

        buffer.Position = 0;
        using var document = JsonDocument.Parse(buffer, new JsonDocumentOptions { MaxDepth = 256 });
        return Of(document.RootElement);
    }

    /// <inheritdoc cref="Of(JsonNode?)"/>
    public static string Of(JsonElement element)
    {
        var text = new StringBuilder();
        Write(text, element);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, element);
                break;
            case JsonValueKind.Array:
                WriteArray(text, element);
                break;
            case JsonValueKind.String:
                WriteString(text, TextOf(element));
                break;
            case JsonValueKind.Number:
                text.Append(Number(element.GetDouble()));
                break;
            case JsonValueKind.True:
                text.Append("true");
                break;
            case JsonValueKind.False:
                text.Append("false");
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement element)
    {
        var separator = '{';
        foreach (var property in element.EnumerateObject().OrderBy(NameOf, StringComparer.Ordinal))
        {
            text.Append(separator);
            separator = ',';
            WriteString(text, NameOf(property));
            text.Append(':');
            Write(text, property.Value);
        }

        text.Append(separator == '{' ? "{}" : "}");
    }

    private static void WriteArray(StringBuilder text, JsonElement element)
    {
        var separator = '[';
        foreach (var item in element.EnumerateArray())
        {
            text.Append(separator);
            separator = ',';
            Write(text, item);
        }

        text.Append(separator == '[' ? "[]" : "]");
    }

    private static string TextOf(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException("A string holds half of a surrogate pair: it has no canonical form.", nameof(element), e);
        }
    }

    private static string NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new ArgumentException("A key holds half of a surrogate pair: it has no canonical form.", nameof(property), e);
        }
    }

    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }

    /// <summary>ECMAScript's <c>Number::toString</c> over .NET's shortest round-trip digits, which are the same digits.</summary>
    internal static string Number(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentException("A number beyond the range of a double has no canonical form.", nameof(value));
        if (value == 0)
            return "0";
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        return (value < 0 ? "-" : "") + Layout(Digits(shortest), PointAfter(shortest));
    }

    /// <summary>Significant digits only: no sign, point, exponent or zeros at either end.</summary>
    private static string Digits(string shortest)
    {
        var mantissa = shortest.Split('E')[0].Replace(".", "", StringComparison.Ordinal);
        return mantissa.TrimStart('0').TrimEnd('0');
    }

    /// <summary>Where the decimal point stands: the value is 0.DIGITS × 10^n.</summary>
    private static int PointAfter(string shortest)
    {
        var parts = shortest.Split('E');
        var power = parts.Length == 2 ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? parts[0] : parts[0][..point];
        if (whole.TrimStart('0').Length > 0)
            return whole.TrimStart('0').Length + power;
        var fraction = parts[0][(point + 1)..];
        return power - (fraction.Length - fraction.TrimStart('0').Length);
    }

    private static string Layout(string digits, int n)
    {
        var k = digits.Length;
        if (k <= n && n <= 21)
            return digits + new string('0', n - k);
        if (n is > 0 and <= 21)
            return $"{digits[..n]}.{digits[n..]}";
        if (n is > -6 and <= 0)
            return "0." + new string('0', -n) + digits;
        var exponent = (n - 1).ToString("+0;-0", CultureInfo.InvariantCulture);
        return k == 1 ? $"{digits}e{exponent}" : $"{digits[..1]}.{digits[1..]}e{exponent}";
    }
}
