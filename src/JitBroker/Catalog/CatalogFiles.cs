using System.Text;

namespace JitBroker.Catalog;

/// <summary>Finds and reads the files of a catalog.</summary>
internal static class CatalogFiles
{
    /// <summary>Bytes per file, and characters per text.</summary>
    public const int Largest = 5 * 1024 * 1024;

    /// <summary>Bytes of all files together.</summary>
    public const int LargestInAll = 20 * 1024 * 1024;

    private const int MostFiles = 1_000;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static (IReadOnlyList<CatalogSource> Sources, CatalogProblem? Problem) Read(string path)
    {
        try
        {
            if (File.Exists(path))
                return One(path);
            if (!Directory.Exists(path))
                return ([], Problem(path, "There is no such file or folder", "Set Broker:Catalog, or write a starting catalog with init."));
            var files = Directory.EnumerateFiles(path).Where(IsYaml).Order(StringComparer.Ordinal).ToList();
            if (files.Count > MostFiles)
                return ([], Problem(path, "The folder holds more than 1000 catalog files", "Merge some of them."));
            if (files.Sum(f => new FileInfo(f).Length) > LargestInAll)
                return ([], Problem(path, "The files of the folder are larger than 20 MB together", "Take out what is not needed."));
            var read = files.ConvertAll(One);
            return (read.SelectMany(r => r.Sources).ToList(), read.Select(r => r.Problem).FirstOrDefault(p => p is not null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return ([], Problem(path, $"This cannot be read: {e.Message.TrimEnd('.')}", "Check the path and its rights."));
        }
    }

    private static (IReadOnlyList<CatalogSource> Sources, CatalogProblem? Problem) One(string path)
    {
        var name = Path.GetFileName(path);
        // Not by its length: a link, or a file that is being written, may hold more than it says.
        if (Bytes(path) is not { } bytes)
            return ([], Problem(name, "The file is larger than 5 MB", "Split it into several files in a folder."));
        try
        {
            var text = Strict.GetString(bytes);
            // No text for YAML, and PostgreSQL could not store it.
            if (text.Contains('\0', StringComparison.Ordinal))
                return ([], Problem(name, "The file holds a NUL character", "Save it as text."));
            return ([new CatalogSource(name, text.TrimStart('\uFEFF'))], null);
        }
        catch (DecoderFallbackException)
        {
            return ([], Problem(name, "The file is not UTF-8 text", "Save it as UTF-8."));
        }
    }

    /// <summary>Null when there are more than <see cref="Largest"/>.</summary>
    private static byte[]? Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            if (all.Length + read > Largest)
                return null;
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    private static bool IsYaml(string path) =>
        Path.GetExtension(path) is ".yaml" or ".yml" && !Path.GetFileName(path).StartsWith('.') && !IsTests(path);

    /// <summary>Policy tests are kept beside the catalog: <c>*.tests.yaml</c> is none of its files.</summary>
    private static bool IsTests(string path) => Path.GetFileNameWithoutExtension(path).EndsWith(".tests", StringComparison.Ordinal);

    private static CatalogProblem Problem(string file, string message, string remedy) => new(file, 0, 0, "", null, message, remedy);
}
