using System.Text.RegularExpressions;

namespace JitBroker.Tests.Docs;

/// <summary>The working tree these tests were built from: its documents and the names of its files.</summary>
internal static partial class Repository
{
    /// <summary>Where JitBroker.sln is.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every file of the tree but what is built, fetched or generated; relative, with slashes, in order.</summary>
    public static IReadOnlyList<string> Files { get; } =
        [.. Walk(new DirectoryInfo(Root)).Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>Every README.</summary>
    public static IEnumerable<string> Readmes => Files.Where(f => Path.GetFileName(f) == "README.md");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>The text from a heading to the next one of its level or above, without the heading.</summary>
    public static string Section(string text, string heading)
    {
        var lines = text.Split('\n');
        var start = Array.IndexOf(lines, heading);
        Assert.True(start >= 0, $"There is no heading \"{heading}\".");
        var level = heading.TakeWhile(c => c == '#').Count();
        return string.Join('\n', lines.Skip(start + 1).TakeWhile(l => !(l.StartsWith('#') && l.TakeWhile(c => c == '#').Count() <= level)));
    }

    /// <summary>What stands in the fenced blocks of a language (empty: none named).</summary>
    public static IReadOnlyList<string> Blocks(string text, string language) =>
        [.. Fence().Matches(text).Where(m => m.Groups["language"].Value == language).Select(m => m.Groups["text"].Value)];

    private static IEnumerable<string> Walk(DirectoryInfo folder)
    {
        string[] left = ["bin", "obj", "node_modules", "artifacts", "TestResults", ".git", ".vs", ".idea", "keys"];
        foreach (var file in folder.EnumerateFiles())
            yield return file.FullName;
        foreach (var below in folder.EnumerateDirectories().Where(d => !left.Contains(d.Name, StringComparer.Ordinal)))
            foreach (var file in Walk(below))
                yield return file;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "JitBroker.sln")))
                return folder.FullName;
        throw new InvalidOperationException("The tests do not lie below JitBroker.sln.");
    }

    [GeneratedRegex("^```(?<language>[a-z]*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Fence();
}
