using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Server.Http;

/// <summary>
/// Where the next page begins: opaque, and good for the list and the filters it was made for only. It gives no right, so its check sum keeps out
/// mistakes, not forgers.
/// </summary>
internal static class Cursors
{
    private const int CheckLength = 9;

    /// <param name="list">The list and its filters, as one text.</param>
    /// <param name="last">The key of the last item shown.</param>
    public static string Of(string list, string last) =>
        Base64Url.EncodeToString([.. Check(list, last), .. Encoding.UTF8.GetBytes(last)]);

    /// <summary>The key of the last item shown; null when this is no cursor of that list.</summary>
    public static string? Read(string list, string cursor)
    {
        if (cursor.Length > 400 || !Base64Url.IsValid(cursor))
            return null;
        var bytes = Base64Url.DecodeFromChars(cursor);
        if (bytes.Length <= CheckLength)
            return null;
        var last = Encoding.UTF8.GetString(bytes.AsSpan(CheckLength));
        return bytes.AsSpan(0, CheckLength).SequenceEqual(Check(list, last)) && Of(list, last) == cursor ? last : null;
    }

    private static byte[] Check(string list, string last) => SHA256.HashData(Encoding.UTF8.GetBytes($"jitbroker cursor\n{list}\n{last}"))[..CheckLength];
}
