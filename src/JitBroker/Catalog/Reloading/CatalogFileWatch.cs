using System.Globalization;

namespace JitBroker.Catalog.Reloading;

/// <summary>
/// Looks at the catalog's place and hands out what lies there once it is new and has stood still. It polls: that sees a rename, a swapped link (a ConfigMap), a
/// network file system and a bind mount alike, where notifications of the kernel do not reach. Names, lengths and times tell at each look whether to read;
/// every few seconds it is read whatever they say. One caller at a time.
/// </summary>
internal sealed class CatalogFileWatch(CatalogReloadOptions options, TimeProvider clock)
{
    /// <summary>How long the content must have stood still: what is half written changes once more.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    /// <summary>How often the content is read although nothing seems to have changed.</summary>
    public static readonly TimeSpan ReadAnyway = TimeSpan.FromSeconds(5);

    private string? _known;
    private (string Digest, long Since)? _candidate;
    private (string Stamp, long At)? _read;

    /// <summary>What lies there now, settled or not. For the start.</summary>
    public CatalogReading Read() => CatalogReading.Of(options.Path);

    /// <summary>Content that is new and has settled, until it is <see cref="Known"/>; null otherwise.</summary>
    public CatalogReading? Look()
    {
        var now = clock.GetTimestamp();
        var stamp = Stamp(options.Path);
        if (_candidate is null && _read is { } last && last.Stamp == stamp && clock.GetElapsedTime(last.At, now) < ReadAnyway)
            return null;
        var reading = Read();
        _read = (stamp, now);
        if (reading.Digest == _known)
        {
            _candidate = null;
            return null;
        }

        if (_candidate is not { } candidate || candidate.Digest != reading.Digest)
        {
            _candidate = (reading.Digest, now);
            return null;
        }

        return clock.GetElapsedTime(candidate.Since, now) >= Settle ? reading : null;
    }

    /// <summary>This content has been dealt with.</summary>
    public void Known(CatalogReading reading)
    {
        _known = reading.Digest;
        _candidate = null;
    }

    public bool IsKnown(CatalogReading reading) => reading.Digest == _known;

    private static string Stamp(string path)
    {
        try
        {
            var files = Directory.Exists(path) ? new DirectoryInfo(path).EnumerateFiles() : [new FileInfo(path)];
            return string.Join('|', files.OrderBy(f => f.Name, StringComparer.Ordinal).Select(Stamp));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.GetType().Name;
        }
    }

    private static string Stamp(FileInfo file) => file.Exists
        ? string.Create(CultureInfo.InvariantCulture, $"{file.Name}>{file.LinkTarget}:{file.Length}:{file.LastWriteTimeUtc.Ticks}")
        : file.Name + " is not there";
}
