namespace JitBroker.Client;

/// <summary>The lines of a stream, as bytes, one at a time; a mark of byte order at its beginning is passed over.</summary>
internal sealed class LineReader(Stream stream)
{
    /// <summary>Longer than any event; a file without line breaks is not read into memory.</summary>
    private const int Longest = 16 * 1024 * 1024;

    private byte[] buffer = new byte[256 * 1024];
    private int start;
    private int end;
    private int length;
    private bool isOver;

    /// <summary>Without its line break.</summary>
    public ReadOnlySpan<byte> Current => buffer.AsSpan(start - length - (IsCut ? 0 : 1), length);

    /// <summary>Of <see cref="Current"/>, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The file ends without a line break, in this line.</summary>
    public bool IsCut { get; private set; }

    public bool IsBlank => Current.Trim(" \t\r"u8).IsEmpty;

    public async ValueTask<bool> MoveNextAsync(CancellationToken cancel)
    {
        for (var searched = start; ;)
        {
            var found = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (found >= 0)
                return Take(searched + found, isCut: false);
            if (isOver || end - start > Longest)
                return end > start && Take(end, isCut: true);
            MakeRoom();
            searched = end;
            var read = await stream.ReadAsync(buffer.AsMemory(end), cancel);
            isOver = read == 0;
            end += read;
        }
    }

    private bool Take(int lineEnd, bool isCut)
    {
        (length, IsCut) = (lineEnd - start, isCut);
        start = isCut ? lineEnd : lineEnd + 1;
        if (++Number == 1 && Current.StartsWith("\uFEFF"u8))
            length -= 3;
        return true;
    }

    /// <summary>Moves what is unread to the front, and grows the buffer when it is full.</summary>
    private void MakeRoom()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
            Array.Resize(ref buffer, buffer.Length * 2);
    }
}
