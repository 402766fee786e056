using System.Buffers;
using System.Globalization;
using System.Text;

namespace JitBroker.Client;

/// <summary>
/// Values as other programs read them, whatever stands in them. Where a program has no way to write a value, the method throws
/// <see cref="CredentialFormException"/> rather than write something else.
/// </summary>
internal static class Quoting
{
    private static readonly SearchValues<char> NeedNoQuotes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,");

    /// <summary>One word of a POSIX shell. Inside single quotes nothing is special but the single quote.</summary>
    public static string Shell(string value)
    {
        Refuse(value, "the environment", "\0");
        return value.Length > 0 && !value.AsSpan().ContainsAnyExcept(NeedNoQuotes) ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    /// <summary>A field of PostgreSQL's <c>.pgpass</c> (libpq, fe-connect.c): a backslash takes the meaning of what follows. A lone asterisk would match anything, a leading # begin a remark.</summary>
    public static string PgPass(string value)
    {
        Refuse(value, ".pgpass", "\0\n\r");
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
        return value is "*" || value.StartsWith('#') ? "\\" + escaped : escaped;
    }

    /// <summary>A value of libpq's <c>name=value</c> connection string.</summary>
    public static string ConnInfo(string value)
    {
        Refuse(value, "a connection string", "\0");
        return value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/')
            ? value
            : $"'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
    }

    /// <summary>A value of a Java properties file (java.util.Properties.load), in ASCII: readers differ in the encoding they take.</summary>
    public static string Properties(string value)
    {
        var text = new StringBuilder(value.Length + 16);
        foreach (var c in value)
        {
            // A blank at the beginning would be taken for the separator's.
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                ' ' when text.Length == 0 => text.Append("\\ "),
                < ' ' or > '~' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }

    /// <summary>A quoted value of a JAAS configuration, quotes included: java.io.StreamTokenizer takes C's escapes and no line break.</summary>
    public static string Jaas(string value)
    {
        var text = new StringBuilder(value.Length + 16).Append('"');
        foreach (var c in value)
            _ = c switch
            {
                '\\' or '"' => text.Append('\\').Append(c),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                _ => text.Append(c),
            };
        return text.Append('"').ToString();
    }

    /// <summary>A value of AWS's credentials file, which knows no quotes: what its readers would cut off cannot be written.</summary>
    public static string Ini(string value)
    {
        Refuse(value, "AWS's credentials file", "\0\n\r");
        if (value != value.Trim() || value.Contains(" #", StringComparison.Ordinal) || value.Contains(" ;", StringComparison.Ordinal) || value.Contains('\t', StringComparison.Ordinal))
            throw new CredentialFormException("AWS's credentials file");
        return value;
    }

    /// <summary>A value of a file that knows neither quotes nor escapes, whose readers cut blanks off at both ends.</summary>
    public static string Plain(string value, string place)
    {
        if (value.Length == 0 || value != value.Trim() || value.Any(char.IsControl))
            throw new CredentialFormException(place);
        return value;
    }

    private static void Refuse(string value, string place, string characters)
    {
        if (value.AsSpan().ContainsAny(characters))
            throw new CredentialFormException(place);
    }
}

/// <summary>The credential holds a character that cannot be written there. Says where, and nothing of the value.</summary>
public sealed class CredentialFormException(string place) : Exception($"This credential holds a character that {place} has no way to write.");
