using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>Reads the files of a catalog to send them: names as the user wrote them, since problems name them.</summary>
internal static class CatalogFiles
{
    private const long LargestFile = 4 * 1024 * 1024;

    internal static async Task<IReadOnlyList<CatalogFile>> ReadAsync(Invocation run, string path)
    {
        var full = Path.Combine(run.Around.WorkingDirectory, path);
        string[] files = Directory.Exists(full)
            ? [.. Directory.EnumerateFiles(full, "*", SearchOption.AllDirectories).Where(IsYaml).Order(StringComparer.Ordinal)]
            : File.Exists(full) ? [full] : throw new UsageFaultException($"There is no file or folder '{path}'.");
        if (files.Length == 0)
            throw new UsageFaultException($"'{path}' holds no .yaml or .yml file.");
        if (files.FirstOrDefault(file => new FileInfo(file).Length > LargestFile) is { } large)
            throw new UsageFaultException($"'{large}' is larger than any catalog file may be (4 MiB).");
        var read = await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(file, run.Cancel)));
        return [.. files.Zip(read, (file, text) => new CatalogFile(Path.GetRelativePath(run.Around.WorkingDirectory, file), text))];
    }

    private static bool IsYaml(string file) => Path.GetExtension(file) is ".yaml" or ".yml";
}
