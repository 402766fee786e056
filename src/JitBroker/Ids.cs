using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace JitBroker;

/// <summary>
/// Ids are ULIDs: 26 characters of Crockford base 32, upper case. They sort by the broker's clock to the millisecond and, within one process, by the order
/// in which they were made. Knowing one gives no right (rule 14).
/// </summary>
public static class Ids
{
    private const int TimeBytes = 6;
    private static readonly Lock Making = new();
    private static readonly byte[] Last = new byte[16];

    public static string New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, now.ToUnixTimeMilliseconds() << 16);
        lock (Making)
        {
            if (time[..TimeBytes].SequenceEqual(Last.AsSpan(0, TimeBytes)))
            {
                Increment(Last.AsSpan(TimeBytes));
            }
            else
            {
                time[..TimeBytes].CopyTo(Last);
                RandomNumberGenerator.Fill(Last.AsSpan(TimeBytes));

                // Room to count up within the millisecond.
                Last[TimeBytes] &= 0x7f;
            }

            Last.CopyTo(bytes);
        }

        return new Ulid(bytes).ToString(null, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether <paramref name="text"/> is an id in its canonical form. Anything else is looked up nowhere.</summary>
    public static bool IsId(string? text) =>
        text is { Length: 26 } && text[0] <= '7' && text.All(c => char.IsAsciiDigit(c) || (char.IsAsciiLetterUpper(c) && c is not ('I' or 'L' or 'O' or 'U')));

    private static void Increment(Span<byte> number)
    {
        for (var i = number.Length - 1; i >= 0 && ++number[i] == 0; i--)
        {
        }
    }
}
