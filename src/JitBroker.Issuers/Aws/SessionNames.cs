using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// Names and tags of a session, in the characters and lengths that AWS takes, whatever the holder is called. The broker keys ends on
/// <see cref="GrantTag"/> and <see cref="LeaseTag"/>; CloudTrail shows all of them.
/// </summary>
internal static class SessionNames
{
    public const string GrantTag = "JitGrant";
    public const string LeaseTag = "JitLease";
    public const string UserTag = "JitUser";

    private const int LongestName = 64;
    private const int LongestTag = 256;

    /// <summary><c>jit-</c>, the lease's id and what fits of the holder's name: unique by the lease alone.</summary>
    public static string SessionOf(string leaseId, string holder)
    {
        var name = $"jit-{leaseId.ToLowerInvariant()}-{Legal(holder.Split('@')[0])}";
        return name.Length > LongestName ? name[..LongestName] : name;
    }

    /// <summary>
    /// The holder's address. Where it holds characters that AWS does not take, or is too long, a digest of the whole of it follows what could be kept, so
    /// that nobody's looks like somebody else's.
    /// </summary>
    public static string SourceIdentityOf(string holder)
    {
        var legal = Legal(holder);
        if (legal == holder && holder.Length is >= 2 and <= LongestName)
            return holder;
        var digest = "=" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(holder)))[..16];
        return legal[..Math.Min(legal.Length, LongestName - digest.Length)] + digest;
    }

    /// <summary>For people who read a trail; no decision is keyed on it.</summary>
    public static string UserOf(string holder)
    {
        var text = new StringBuilder(holder.Length);
        foreach (var rune in holder.EnumerateRunes())
            text.Append(Rune.IsLetterOrDigit(rune) || "_.:/=+-@ ".Contains(rune.ToString(), StringComparison.Ordinal) ? rune.ToString() : "_");
        return text.Length > LongestTag ? text.ToString(0, LongestTag - (char.IsHighSurrogate(text[LongestTag - 1]) ? 1 : 0)) : text.ToString();
    }

    /// <summary>[A-Za-z0-9_+=,.@-]: what both names may hold.</summary>
    private static string Legal(string text) => string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '=' or ',' or '.' or '@' or '-' ? c : '-'));
}
