using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace JitBroker;

/// <summary>
/// Ids are ULIDs: 26 characters of Crockford base 32, upper case. They sort by the broker's clock to the millisecond and, within one process, by the order
/// in which they were made: behind the time stands a counter that begins at a random number, and 40 random bits. Knowing one gives no right (rule 14).
/// </summary>
public static class Ids
{
    private const int TimeBytes = 6;
    private const int CounterBytes = 5;

    // Begins in the lower half of 40 bits: it does not run over while a process lives.
    private static long _made = (long)RandomNumberGenerator.GetInt32(int.MaxValue) << 8;

    public static string New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, now.ToUnixTimeMilliseconds());
        number[^TimeBytes..].CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(number, Interlocked.Increment(ref _made));
        number[^CounterBytes..].CopyTo(bytes[TimeBytes..]);
        RandomNumberGenerator.Fill(bytes[(TimeBytes + CounterBytes)..]);
        return new Ulid(bytes).ToString(null, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether <paramref name="text"/> is an id in its canonical form. Anything else is looked up nowhere.</summary>
    public static bool IsId(string? text) =>
        text is { Length: 26 } && text[0] <= '7' && text.All(c => char.IsAsciiDigit(c) || (char.IsAsciiLetterUpper(c) && c is not ('I' or 'L' or 'O' or 'U')));
}
