using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>
/// Writes Kafka's types (protocol guide, "Protocol Primitive Types"; KIP-482 for the flexible ones), big-endian. What has two encodings is written as
/// <paramref name="isFlexible"/> says.
/// </summary>
internal sealed class WireWriter(bool isFlexible)
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Int8(sbyte value) => Byte((byte)value);

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Int16(short value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(2), value);
        _bytes.Advance(2);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
    }

    /// <summary>STRING or COMPACT_STRING; null where the field is nullable.</summary>
    public void String(string? value)
    {
        if (isFlexible)
        {
            CompactBytes(value is null ? null : Encoding.UTF8.GetBytes(value));
            return;
        }

        OldString(value);
    }

    /// <summary>NULLABLE_STRING as the client id in every header, which stayed as it was.</summary>
    public void OldString(string? value)
    {
        var bytes = value is null ? null : Encoding.UTF8.GetBytes(value);
        Int16(bytes is null ? (short)-1 : checked((short)bytes.Length));
        _bytes.Write(bytes);
    }

    /// <summary>BYTES or COMPACT_BYTES.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        if (isFlexible)
            UnsignedVarInt((uint)value.Length + 1);
        else
            Int32(value.Length);
        _bytes.Write(value);
    }

    /// <summary>ARRAY or COMPACT_ARRAY; null where the field is nullable.</summary>
    public void Array<T>(IReadOnlyCollection<T>? items, Action<WireWriter, T> write)
    {
        if (isFlexible)
            UnsignedVarInt(items is null ? 0 : (uint)items.Count + 1);
        else
            Int32(items?.Count ?? -1);
        foreach (var item in items ?? [])
            write(this, item);
    }

    /// <summary>The end of a struct: no tagged fields. Nothing where the call is not flexible.</summary>
    public void End()
    {
        if (isFlexible)
            Byte(0);
    }

    public void Raw(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    private void CompactBytes(byte[]? bytes)
    {
        UnsignedVarInt(bytes is null ? 0 : (uint)bytes.Length + 1);
        _bytes.Write(bytes);
    }

    private void UnsignedVarInt(uint value)
    {
        for (; value >= 0x80; value >>= 7)
            Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
