using System.Text;

namespace JitBroker.Issuers.Http;

/// <summary>What opens what, as the database said at one moment.</summary>
internal sealed class DoorSnapshot
{
    private readonly Dictionary<DoorKey, DoorEntry> _entries;

    /// <param name="asOf">The monotonic time at which the database was asked: everything that was committed before it is in here.</param>
    public DoorSnapshot(long asOf, IReadOnlyList<DoorRow> rows)
    {
        AsOf = asOf;
        _entries = new Dictionary<DoorKey, DoorEntry>(rows.Count);
        foreach (var row in rows)
        {
            if (DoorKey.Parse(row.TokenHash) is { } key)
                _entries[key] = new DoorEntry(row.Resource, HeaderSafe(row.Holder), row.GrantId, row.EndsAt < row.ExpiresAt ? row.EndsAt : row.ExpiresAt);
        }
    }

    public long AsOf { get; }

    public DoorEntry? Find(DoorKey key) => _entries.GetValueOrDefault(key);

    /// <summary>
    /// Visible ASCII as it is, everything else, and <c>%</c>, percent-encoded in UTF-8: no header can be split or forged by an address, and none is ambiguous.
    /// </summary>
    internal static string HeaderSafe(string text)
    {
        if (text.All(c => c is > ' ' and <= '~' and not '%'))
            return text;
        StringBuilder safe = new();
        foreach (var b in Encoding.UTF8.GetBytes(text))
            _ = b is > (byte)' ' and <= (byte)'~' and not (byte)'%' ? safe.Append((char)b) : safe.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        return safe.ToString();
    }
}

/// <summary>What one token opens.</summary>
/// <param name="User">The holder's address, fit for a header.</param>
internal sealed record DoorEntry(string Resource, string User, string Grant, DateTimeOffset EndsAt);
