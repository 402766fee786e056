namespace JitBroker.Client;

/// <summary>A buffer of bytes that grows and is used again.</summary>
internal struct Bytes(int capacity)
{
    private byte[] all = new byte[capacity];

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Span => all.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Add(byte one)
    {
        if (Length == all.Length)
            Grow(1);
        all[Length++] = one;
    }

    public void Add(ReadOnlySpan<byte> more)
    {
        if (more.Length > all.Length - Length)
            Grow(more.Length);
        more.CopyTo(all.AsSpan(Length));
        Length += more.Length;
    }

    /// <summary>Room for that many bytes behind the last; <see cref="CutTo"/> then says how many were taken.</summary>
    public Span<byte> Room(int size)
    {
        if (size > all.Length - Length)
            Grow(size);
        return all.AsSpan(Length, size);
    }

    /// <summary>Sets the length: less, or into the room that was asked for.</summary>
    public void CutTo(int length) => Length = length;

    private void Grow(int by) => Array.Resize(ref all, Math.Max(all.Length * 2, Length + by));
}
