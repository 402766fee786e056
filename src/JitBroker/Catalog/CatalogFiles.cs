using System.Text;

namespace JitBroker.Catalog;

/// <summary>Finds and reads the files of a catalog.</summary>
internal static class CatalogFiles
{
    /// <summary>Bytes per file, and characters per text.</summary>
    public const int Largest = 5 * 1024 * 1024;

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
            var read = files.ConvertAll(One);
            return (read.SelectMany(r => r.Sources).ToList(), read.Select(r => r.Problem).FirstOrDefault(p => p is not null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return ([], Problem(path, $"This cannot be read: {e.Message.TrimEnd('.')}", "Check the path and its rights."));
        }
    }

    /// <summary>One text of all sources, from which the catalog's hash is taken; with several, each is headed by its file's name.</summary>
    public static string Merged(IReadOnlyList<CatalogSource> sources) =>
        sources.Count == 1 ? sources[0].Text : string.Join('\n', sources.Select(s => $"# file: {s.File}\n{s.Text}"));

    private static (IReadOnlyList<CatalogSource> Sources, CatalogProblem? Problem) One(string path)
    {
        var name = Path.GetFileName(path);
        if (new FileInfo(path).Length > Largest)
            return ([], Problem(name, "The file is larger than 5 MB", "Split it into several files in a folder."));
        try
        {
            var text = Strict.GetString(File.ReadAllBytes(path));
            return ([new CatalogSource(name, text.TrimStart('\uFEFF'))], null);
        }
        catch (DecoderFallbackException)
        {
            return ([], Problem(name, "The file is not UTF-8 text", "Save it as UTF-8."));
        }
    }

    private static bool IsYaml(string path) =>
        Path.GetExtension(path) is ".yaml" or ".yml" && !Path.GetFileName(path).StartsWith('.');

    private static CatalogProblem Problem(string file, string message, string remedy) => new(file, 0, 0, "", null, message, remedy);
}
