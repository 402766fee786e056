using System.Buffers.Binary;
using System.Text;

namespace JitBroker.Tests.Kafka;

/// <summary>Kafka's types written as the protocol guide has them, and not a line of ours.</summary>
internal sealed class BytesOut
{
    private readonly MemoryStream _bytes = new();

    public byte[] All => _bytes.ToArray();

    public BytesOut I8(int value) => Raw([(byte)value]);

    public BytesOut I16(int value)
    {
        Span<byte> two = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(two, (short)value);
        return Raw(two);
    }

    public BytesOut I32(int value)
    {
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, value);
        return Raw(four);
    }

    public BytesOut I64(long value)
    {
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(eight, value);
        return Raw(eight);
    }

    public BytesOut Str(string text) => I16(Encoding.UTF8.GetByteCount(text)).Raw(Encoding.UTF8.GetBytes(text));

    public BytesOut CStr(string? text) => text is null ? VarInt(0) : CBytes(Encoding.UTF8.GetBytes(text));

    public BytesOut CBytes(byte[] bytes) => VarInt(bytes.Length + 1).Raw(bytes);

    public BytesOut CCount(int count) => VarInt(count + 1);

    public BytesOut NoTags() => VarInt(0);

    public BytesOut VarInt(int value)
    {
        for (; value >= 0x80; value >>= 7)
            I8(value | 0x80);
        return I8(value);
    }

    public BytesOut Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>With its length before it.</summary>
    public byte[] Framed() => [.. new BytesOut().I32((int)_bytes.Length).All, .. All];
}

/// <summary>And read.</summary>
internal sealed class BytesIn(byte[] bytes)
{
    private int _at;

    public int Left => bytes.Length - _at;

    public int I8() => (sbyte)bytes[_at++];

    public int I16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int I32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long I64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public string? Str() => I16() is var length and >= 0 ? Encoding.UTF8.GetString(Take(length)) : null;

    public string? CStr() => VarInt() is var length and > 0 ? Encoding.UTF8.GetString(Take(length - 1)) : null;

    public byte[] CBytes() => Take(VarInt() - 1).ToArray();

    public int CCount() => VarInt() - 1;

    public void Tags()
    {
        for (var fields = VarInt(); fields > 0; fields--)
        {
            VarInt();
            Take(VarInt());
        }
    }

    public ReadOnlySpan<byte> Take(int count)
    {
        var taken = bytes.AsSpan(_at, count);
        _at += count;
        return taken;
    }

    private int VarInt()
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[_at++];
            value |= (next & 0x7F) << shift;
            if ((next & 0x80) == 0)
                return value;
        }
    }
}
