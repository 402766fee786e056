using System.Text.RegularExpressions;

namespace JitBroker.Issuing;

/// <summary>
/// Finds what looks like a secret in a text and masks it. The names the broker gives at targets (<c>jit_</c> or <c>jit-</c> with a lease's id) are not taken
/// for one.
/// </summary>
internal static partial class SecretShapes
{
    public const string Mask = "***";

    /// <summary>Random base64 of 32 characters and more changes between upper case, lower case and the rest at two of three places; words do it at word ends only.</summary>
    private const double RandomDensity = 0.45;

    public static string Hide(string text)
    {
        text = Whole().Replace(text, Mask);
        text = Labelled().Replace(text, m => m.Groups["label"].Value + Mask);
        return Long().Replace(text, m => LooksRandom(m.Value) ? Mask : m.Value);
    }

    private static bool LooksRandom(string token)
    {
        if (token.Length >= 40 && token.All(char.IsAsciiHexDigit))
            return true;
        var (hasUpper, hasLower, hasDigit) = (token.Any(char.IsAsciiLetterUpper), token.Any(char.IsAsciiLetterLower), token.Any(char.IsAsciiDigit));
        if (!hasUpper || !hasLower)
            return false;
        var changes = token.Zip(token.Skip(1)).Count(pair => Class(pair.First) != Class(pair.Second));
        return hasDigit || changes >= RandomDensity * (token.Length - 1);
    }

    private static int Class(char c) => char.IsAsciiLetterUpper(c) ? 0 : char.IsAsciiLetterLower(c) ? 1 : 2;

    /// <summary>SCRAM verifiers, tokens of three parts, AWS key ids, private keys.</summary>
    [GeneratedRegex(
        @"SCRAM-SHA-[0-9]+\$[^\s']+|eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*|(AKIA|ASIA)[A-Z0-9]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1_000)]
    private static partial Regex Whole();

    /// <summary>What follows <c>password=</c>, <c>"secret":"</c>, <c>Bearer</c> and the like, and the password of an address.</summary>
    [GeneratedRegex(
        """(?<label>(password|passwd|pwd|secret|token|secretaccesskey|password_hash)"?\s*(=|":)\s*["']?)[^\s;,"'&}]+|(?<label>\b(basic|bearer)\s+)[A-Za-z0-9+/=._~-]{8,}|(?<label>://[^/\s:@]*:)[^/\s@]+(?=@)""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1_000)]
    private static partial Regex Labelled();

    [GeneratedRegex("[A-Za-z0-9+/_-]{32,}={0,2}", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Long();
}
