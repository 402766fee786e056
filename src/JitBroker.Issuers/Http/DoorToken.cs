using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Issuers.Http;

/// <summary>A door's token: 256 random bits that mean nothing by themselves. Only their SHA-256 is stored.</summary>
internal static class DoorToken
{
    // Tells such a token from others in logs and scanners for secrets.
    private const string Prefix = "jitd_";
    private const int Bytes = 32;
    private static readonly int Length = Prefix.Length + Base64Url.GetEncodedLength(Bytes);

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>False for what has not the form of one: such a text is looked for nowhere.</summary>
    public static bool TryHash(ReadOnlySpan<char> token, out DoorKey hash)
    {
        hash = default;
        if (token.Length != Length || !token.StartsWith(Prefix, StringComparison.Ordinal) || !Ascii.IsValid(token))
            return false;
        Span<byte> bytes = stackalloc byte[token.Length];
        Encoding.ASCII.GetBytes(token, bytes);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, digest);
        hash = new DoorKey(BitConverter.ToUInt64(digest), BitConverter.ToUInt64(digest[8..]), BitConverter.ToUInt64(digest[16..]), BitConverter.ToUInt64(digest[24..]));
        return true;
    }
}

/// <summary>The SHA-256 of a token, as a key that costs no allocation.</summary>
internal readonly record struct DoorKey(ulong A, ulong B, ulong C, ulong D)
{
    /// <summary>As it is stored: 64 hexadecimal digits.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{A:x16}{B:x16}{C:x16}{D:x16}");

    /// <summary>Null for anything else.</summary>
    public static DoorKey? Parse(string text) =>
        text.Length == 64 && Part(text, 0, out var a) && Part(text, 1, out var b) && Part(text, 2, out var c) && Part(text, 3, out var d) ? new DoorKey(a, b, c, d) : null;

    private static bool Part(string text, int which, out ulong part) => ulong.TryParse(text.AsSpan(which * 16, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out part);
}
