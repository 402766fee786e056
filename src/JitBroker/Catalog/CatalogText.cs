using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Catalog;

/// <summary>
/// One text of all files of a catalog, from which its hash is taken and which is stored; the files can be had back from it, whatever stands in them.
/// A single file is its own text; of several, each is headed by its name and length.
/// </summary>
internal static class CatalogText
{
    private const string Begins = "# file: ";

    public static string Of(IReadOnlyList<CatalogSource> sources) =>
        sources is [var single] && !single.Text.StartsWith(Begins, StringComparison.Ordinal)
            ? single.Text
            : string.Concat(sources.Select(s => string.Create(CultureInfo.InvariantCulture, $"{Begins}{s.File.ReplaceLineEndings(" ")} ({s.Text.Length} characters)\n{s.Text}\n")));

    /// <summary>The files in <paramref name="text"/>. A single one has lost its name and is called <c>catalog.yaml</c>.</summary>
    public static IReadOnlyList<CatalogSource> Split(string text)
    {
        if (!text.StartsWith(Begins, StringComparison.Ordinal))
            return text.Length == 0 ? [] : [new CatalogSource("catalog.yaml", text)];
        var sources = new List<CatalogSource>();
        for (var at = 0; at < text.Length;)
        {
            var end = text.IndexOf('\n', at);
            if (end < 0 || !TryHead(text[at..end], out var name, out var length) || length > text.Length - end - 1)
                return [new CatalogSource("catalog.yaml", text)];
            sources.Add(new CatalogSource(name, text.Substring(end + 1, length)));
            at = end + 1 + length + 1;
        }

        return sources;
    }

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary><c># file: NAME (N characters)</c>.</summary>
    private static bool TryHead(string line, out string name, out int length)
    {
        const string Ends = " characters)";
        (name, length) = ("", 0);
        var open = line.LastIndexOf(" (", StringComparison.Ordinal);
        if (open < Begins.Length || !line.StartsWith(Begins, StringComparison.Ordinal) || !line.EndsWith(Ends, StringComparison.Ordinal))
            return false;
        name = line[Begins.Length..open];
        return int.TryParse(line[(open + 2)..^Ends.Length], NumberStyles.None, CultureInfo.InvariantCulture, out length);
    }
}
