using System.Buffers;
using System.Text;
using System.Text.Json;

namespace JitBroker.Client;

/// <summary>
/// One line of an export, brought into canonical form (RFC 8785) from whatever order and spacing it stands in, its <c>hash</c> left out. Made for speed: one
/// instance is used for every line and keeps its buffers. Shares no code with the broker's own, so that a mistake in one shows against the other.
/// </summary>
internal sealed class CanonicalEvent
{
    private const int HashLength = 64;
    private const int MaxDepth = 256;
    private static readonly SearchValues<byte> HashDigits = SearchValues.Create("0123456789abcdef"u8);

    private readonly List<Member> members = [];
    private Bytes text = new(4096);
    private Bytes names = new(256);

    /// <summary>The event's sequence number; 0 when it has none.</summary>
    public long Seq { get; private set; }

    /// <summary>The 64 digits that the line gives as its hash; empty when it gives none.</summary>
    public byte[] Hash { get; } = new byte[HashLength];

    public bool HasHash { get; private set; }

    /// <summary>Whether it is no event but the predecessor's place and hash, with which a partial export begins.</summary>
    public bool IsPredecessor { get; private set; }

    /// <summary>What is hashed: the predecessor's hash, then the canonical form.</summary>
    public ReadOnlySpan<byte> Hashed => text.Span;

    /// <param name="previous">The predecessor's hash, 64 digits.</param>
    /// <returns>False when the line is no event in I-JSON (RFC 7493): malformed, a name twice, half a surrogate pair, a number not in canonical form.</returns>
    public bool TryRead(ReadOnlySpan<byte> line, ReadOnlySpan<byte> previous)
    {
        (Seq, HasHash, IsPredecessor) = (0, false, false);
        members.Clear();
        names.Clear();
        text.Clear();
        text.Add(previous);
        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
            return System.Text.Unicode.Utf8.IsValid(line) && reader.Read() && reader.TokenType == JsonTokenType.StartObject && Object(ref reader, isEvent: true) && !reader.Read() && HasHash && Seq >= 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Object(ref reader, isEvent: false);
            case JsonTokenType.StartArray:
                return Array(ref reader);
            case JsonTokenType.String:
                String(ref reader);
                return true;
            case JsonTokenType.Number:
                text.Add(reader.ValueSpan);
                return EcmaNumbers.IsCanonical(reader.ValueSpan);
            default:
                text.Add(reader.ValueSpan);
                return true;
        }
    }

    private bool Array(ref Utf8JsonReader reader)
    {
        text.Add((byte)'[');
        for (var isFirst = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; isFirst = false)
        {
            if (!isFirst)
                text.Add((byte)',');
            if (!Value(ref reader))
                return false;
        }

        text.Add((byte)']');
        return true;
    }

    private bool Object(ref Utf8JsonReader reader, bool isEvent)
    {
        var (first, isSorted) = (members.Count, true);
        text.Add((byte)'{');
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (isEvent && reader.ValueTextEquals("hash"u8))
            {
                if (HasHash || !ReadHash(ref reader))
                    return false;
                continue;
            }

            if (members.Count > first)
                text.Add((byte)',');
            var isSeq = isEvent && reader.ValueTextEquals("seq"u8);
            var (from, name) = (text.Length, names.Length);
            AddName(ref reader);
            var nameEnd = names.Length;
            String(ref reader);
            text.Add((byte)':');
            if (!reader.Read() || (isSeq && !ReadSeq(ref reader)) || !Value(ref reader))
                return false;
            var member = new Member(name, nameEnd, from, text.Length);
            isSorted = isSorted && (members.Count == first || Compare(members[^1], member) < 0);
            members.Add(member);
        }

        IsPredecessor = isEvent && members.Count == first + 1 && Seq >= 0 && names.Span[members[first].Name..members[first].NameEnd].SequenceEqual("seq"u8);
        if (!isSorted && !Sort(first))
            return false;
        text.Add((byte)'}');
        if (members.Count > first)
            names.CutTo(members[first].Name);
        members.RemoveRange(first, members.Count - first);
        return true;
    }

    private bool ReadHash(ref Utf8JsonReader reader)
    {
        HasHash = reader.Read() && reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && reader.ValueSpan.Length == HashLength
            && reader.ValueSpan.IndexOfAnyExcept(HashDigits) < 0;
        if (HasHash)
            reader.ValueSpan.CopyTo(Hash);
        return HasHash;
    }

    private bool ReadSeq(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var seq))
            return false;
        Seq = seq;
        return seq >= 0;
    }

    /// <summary>Keeps the name as it is meant, without escapes, behind those of the objects around this one.</summary>
    private void AddName(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
            names.CutTo(names.Length + reader.CopyString(names.Room(reader.ValueSpan.Length)));
        else
            names.Add(reader.ValueSpan);
    }

    private void String(ref Utf8JsonReader reader)
    {
        text.Add((byte)'"');
        // What needs no escape to be read needs none to be written.
        if (!reader.ValueIsEscaped)
            text.Add(reader.ValueSpan);
        else
            Escape(reader.GetString()!);
        text.Add((byte)'"');
    }

    private void Escape(string value)
    {
        foreach (var rune in value.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '"': text.Add("\\\""u8); break;
                case '\\': text.Add("\\\\"u8); break;
                case '\b': text.Add("\\b"u8); break;
                case '\f': text.Add("\\f"u8); break;
                case '\n': text.Add("\\n"u8); break;
                case '\r': text.Add("\\r"u8); break;
                case '\t': text.Add("\\t"u8); break;
                case < ' ': text.Add(Encoding.ASCII.GetBytes($"\\u{rune.Value:x4}")); break;
                default: text.CutTo(text.Length + rune.EncodeToUtf8(text.Room(4))); break;
            }
        }
    }

    /// <summary>Puts the members of one object, which stand in the text one after another, in order. False when a name comes twice.</summary>
    private bool Sort(int first)
    {
        var own = members.GetRange(first, members.Count - first);
        var start = own[0].From;
        var unsorted = text.Span[start..].ToArray();
        own.Sort(Compare);
        text.CutTo(start);
        for (var i = 0; i < own.Count; i++)
        {
            if (i > 0 && Compare(own[i - 1], own[i]) == 0)
                return false;
            if (i > 0)
                text.Add((byte)',');
            text.Add(unsorted.AsSpan((own[i].From - start)..(own[i].To - start)));
        }

        return true;
    }

    private int Compare(Member a, Member b) => Utf16Order(names.Span[a.Name..a.NameEnd], names.Span[b.Name..b.NameEnd]);

    /// <summary>RFC 8785 §3.2.3 sorts by UTF-16 code units. UTF-8's own order differs in one thing: there, U+E000..FFFF come before what lies above U+FFFF.</summary>
    internal static int Utf16Order(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var at = a.CommonPrefixLength(b);
        if (at == a.Length || at == b.Length)
            return a.Length - b.Length;
        return (a[at], b[at]) switch
        {
            ( >= 0xF0, 0xEE or 0xEF) => -1,
            (0xEE or 0xEF, >= 0xF0) => 1,
            var (x, y) => x - y,
        };
    }

    private readonly record struct Member(int Name, int NameEnd, int From, int To);
}
