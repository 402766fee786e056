using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace JitBroker.Client;

/// <summary>Numbers as RFC 8785 §3.2.2.3 writes them: ECMAScript's <c>Number::toString</c>.</summary>
internal static class EcmaNumbers
{
    /// <summary>
    /// Whether a JSON number is written just so. A file that says the same number in another way, or a number that a double cannot hold (it would be read as
    /// its neighbour, and an edit of its last digits be missed), is not what was exported.
    /// </summary>
    internal static bool IsCanonical(ReadOnlySpan<byte> literal)
    {
        if (literal.Length <= 15 && literal[0] != (byte)'-' && literal.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
            return true;
        return Utf8Parser.TryParse(literal, out double value, out var read) && read == literal.Length && double.IsFinite(value)
            && literal.SequenceEqual(Encoding.ASCII.GetBytes(Text(value)));
    }

    internal static string Text(double value)
    {
        if (value == 0)
            return "0";
        var sign = value < 0 ? "-" : "";
        // .NET's shortest digits that read back as the same double are ECMAScript's; only the layout differs.
        var (digits, point) = Split(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        return sign + Layout(digits, point);
    }

    /// <summary>The digits without zeros at either end, and n such that the value is 0.DIGITS × 10^n.</summary>
    private static (string Digits, int Point) Split(string text)
    {
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var power = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = e < 0 ? text : text[..e];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? mantissa.Length : dot;
        var all = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        var leading = all.Length - all.TrimStart('0').Length;
        return (all.Trim('0'), whole - leading + power);
    }

    private static string Layout(string digits, int n)
    {
        var k = digits.Length;
        return n switch
        {
            <= 21 when k <= n => digits.PadRight(n, '0'),
            > 0 and <= 21 => $"{digits[..n]}.{digits[n..]}",
            > -6 and <= 0 => "0." + new string('0', -n) + digits,
            _ => digits[..1] + (k > 1 ? "." + digits[1..] : "") + "e" + (n > 0 ? "+" : "-") + Math.Abs(n - 1).ToString(CultureInfo.InvariantCulture),
        };
    }
}
