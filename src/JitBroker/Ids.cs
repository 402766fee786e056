using System.Globalization;

namespace JitBroker;

/// <summary>Ids are ULIDs: 26 characters of Crockford base 32, upper case, sorted by the broker's clock. Knowing one gives no right (rule 14).</summary>
public static class Ids
{
    public static string New(DateTimeOffset now) => Ulid.NewUlid(now).ToString(null, CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="text"/> is an id in its canonical form. Anything else is looked up nowhere.</summary>
    public static bool IsId(string? text) =>
        text is { Length: 26 } && text[0] <= '7' && text.All(c => char.IsAsciiDigit(c) || (char.IsAsciiLetterUpper(c) && c is not ('I' or 'L' or 'O' or 'U')));
}
