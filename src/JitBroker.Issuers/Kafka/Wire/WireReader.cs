using System.Buffers.Binary;
using System.Text;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>
/// Reads Kafka's types from one answer. Whoever sent it is not trusted: no length reaches past the answer, no count allocates more than the answer could hold,
/// tagged fields that are not known are stepped over, and what is left over at the end is a fault.
/// </summary>
internal sealed class WireReader(ReadOnlyMemory<byte> answer, bool isFlexible)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _at;

    private int Left => answer.Length - _at;

    public sbyte Int8() => (sbyte)Take(1)[0];

    public bool Bool() => Take(1)[0] != 0;

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public ErrorCode Error() => (ErrorCode)Int16();

    /// <summary>An error that asks for no attention is written as null.</summary>
    public string? NullableString()
    {
        var length = isFlexible ? CompactLength() : Int16();
        return length < 0 ? null : Text(length);
    }

    public string String() => NullableString() ?? throw new WireException("A text is missing in the answer.");

    public byte[] Bytes()
    {
        var length = isFlexible ? CompactLength() : Int32();
        return length < 0 ? throw new WireException("Bytes are missing in the answer.") : Take(length).ToArray();
    }

    /// <summary>The items of an array; a null one has none.</summary>
    public List<T> Array<T>(Func<WireReader, T> read)
    {
        var count = isFlexible ? CompactLength() : Int32();
        // Nothing that Kafka puts into an array is shorter than a byte.
        if (count > Left)
            throw new WireException($"The answer says that it has {count} items and has {Left} bytes.");
        var items = new List<T>();
        for (var i = 0; i < count; i++)
            items.Add(read(this));
        return items;
    }

    public void Skip(int bytes) => Take(bytes);

    /// <summary>The end of a struct: steps over its tagged fields, handing each to <paramref name="known"/>. Nothing where the call is not flexible.</summary>
    public void End(Action<uint, WireReader>? known = null)
    {
        if (!isFlexible)
            return;
        for (var fields = UnsignedVarInt(); fields > 0; fields--)
        {
            var tag = UnsignedVarInt();
            var value = Slice(UnsignedVarInt());
            known?.Invoke(tag, new WireReader(value, isFlexible: true));
        }
    }

    /// <summary>What follows is in a form that is of no interest.</summary>
    public void SkipRest() => _at = answer.Length;

    /// <summary>The end of the answer.</summary>
    public void Close()
    {
        if (Left > 0)
            throw new WireException($"The answer is {Left} bytes longer than what it says.");
    }

    /// <summary>-1 for null.</summary>
    private int CompactLength()
    {
        var length = UnsignedVarInt();
        return length > int.MaxValue ? throw new WireException("A length in the answer is beyond all bounds.") : (int)length - 1;
    }

    private string Text(int length)
    {
        try
        {
            return Strict.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw new WireException("A text in the answer is not UTF-8.");
        }
    }

    private uint UnsignedVarInt()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Take(1)[0];
            if (shift == 28 && next > 0x0F)
                break;
            value |= (uint)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return value;
        }

        throw new WireException("A number in the answer has no end.");
    }

    private ReadOnlyMemory<byte> Slice(uint length)
    {
        if (length > (uint)Left)
            throw new WireException("A length in the answer reaches past its end.");
        var slice = answer.Slice(_at, (int)length);
        _at += (int)length;
        return slice;
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > Left)
            throw new WireException("The answer ends in the middle, or a length in it reaches past its end.");
        var taken = answer.Span.Slice(_at, length);
        _at += length;
        return taken;
    }
}
