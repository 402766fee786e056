using System.Security.Cryptography;
using System.Text;

namespace JitBroker.People.SignIn;

/// <summary>The secrets of a sign-in. All are random, and only their SHA-256 is stored.</summary>
internal static class SignInCodes
{
    // RFC 8628 §6.1: no vowels, so no words; nothing that looks like something else. 20^8 codes, three guesses in ten minutes.
    private const string Alphabet = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;

    /// <summary><c>BCDF-GHJK</c>: to be shown, and typed by the person.</summary>
    public static string NewUserCode()
    {
        var code = RandomNumberGenerator.GetString(Alphabet, Length);
        return $"{code[..(Length / 2)]}-{code[(Length / 2)..]}";
    }

    /// <summary>32 random bytes, base64url: the device code to poll with, and the session's token.</summary>
    public static string NewSecret() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>The code as generated, whatever the case, blanks and dashes it was typed with; null when it cannot be a code.</summary>
    public static string? Normalize(string typed)
    {
        if (typed.Length > 64)
            return null;
        var letters = string.Concat(typed.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '–' or '‐'))).ToUpperInvariant();
        return letters.Length == Length && letters.All(c => Alphabet.Contains(c, StringComparison.Ordinal))
            ? $"{letters[..(Length / 2)]}-{letters[(Length / 2)..]}"
            : null;
    }
}
