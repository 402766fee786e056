using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>Reads the files of a catalog to send them: names as the user wrote them, since problems name them.</summary>
internal static class CatalogFiles
{
    private const long LargestFile = 4 * 1024 * 1024;

    /// <param name="tests">Of a folder: its policy tests, in place of the catalog.</param>
    internal static async Task<IReadOnlyList<CatalogFile>> ReadAsync(Invocation run, string path, bool tests = false)
    {
        var full = Path.Combine(run.Around.WorkingDirectory, path);
        string[] files = Directory.Exists(full)
            ? [.. Directory.EnumerateFiles(full, "*", SearchOption.AllDirectories).Where(f => IsYaml(f) && IsTests(f) == tests).Order(StringComparer.Ordinal)]
            : File.Exists(full) ? [full] : throw Unusable(run, $"There is no file or folder '{path}'.", tests);
        if (files.Length == 0)
            throw Unusable(run, tests ? $"'{path}' holds no .tests.yaml file." : $"'{path}' holds no .yaml or .yml file.", tests);
        if (files.FirstOrDefault(file => new FileInfo(file).Length > LargestFile) is { } large)
            throw new UsageFaultException($"'{large}' is larger than any catalog file may be (4 MiB).", "split it into several files, and name their folder");
        var read = await Task.WhenAll(files.Select(file => File.ReadAllTextAsync(file, run.Cancel)));
        return [.. files.Zip(read, (file, text) => new CatalogFile(Path.GetRelativePath(run.Around.WorkingDirectory, file), text))];
    }

    /// <summary>The catalog that tests are kept beside: <c>catalog.yaml</c> for <c>catalog.tests.yaml</c>, else the folder.</summary>
    internal static string Beside(Invocation run, string tests)
    {
        var full = Path.Combine(run.Around.WorkingDirectory, tests);
        if (Directory.Exists(full))
            return tests;
        var folder = Path.GetDirectoryName(tests) ?? "";
        var single = Path.Combine(folder, Path.GetFileName(tests).Replace(".tests.", ".", StringComparison.Ordinal));
        return single != tests && File.Exists(Path.Combine(run.Around.WorkingDirectory, single)) ? single : folder.Length == 0 ? "." : folder;
    }

    private static UsageFaultException Unusable(Invocation run, string sentence, bool tests) =>
        new(sentence, $"name {(tests ? "a .tests.yaml file, or a folder that holds some" : "a YAML file, or a folder of them")}, as seen from {run.Around.WorkingDirectory}");

    /// <summary>No file of the catalog, though it stands in its folder.</summary>
    private static bool IsTests(string file) => Path.GetFileNameWithoutExtension(file).EndsWith(".tests", StringComparison.Ordinal);

    private static bool IsYaml(string file) => Path.GetExtension(file) is ".yaml" or ".yml";
}
