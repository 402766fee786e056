using System.Text.RegularExpressions;
using JitBroker.Catalog;
using JitBroker.Catalog.Testing;
using JitBroker.Policy;

namespace JitBroker.Tests.Docs;

/// <summary>What the documents say of files, links, machines and catalogs.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] Documents = [".md", ".txt", ".json", ".yaml", ".yml", ".props", ".targets", ".csproj", ".sln", ".sql", ".sh", ".mjs", ".html", ".config", ".npmrc", ""];

    private static readonly BrokerLimits Limits = new(TimeSpan.FromHours(4), TimeSpan.FromHours(12));

    private static CatalogLoadResult CatalogOfTheReadme() => CatalogLoader.Load(
        [new CatalogSource("README.md", Repository.Blocks(Repository.Read("README.md"), "yaml")[0])], new CatalogOptions { Limits = Limits, PublicUrl = "https://jit.example.com" });

    public static TheoryData<string> Readmes => [.. Repository.Readmes];

    [Fact]
    public void The_catalog_of_the_README_has_no_problem()
    {
        var result = CatalogOfTheReadme();

        Assert.Empty(result.Problems);
        Assert.NotEmpty(result.Snapshot!.Entitlements);
    }

    [Fact]
    public void The_policy_tests_of_the_README_hold_for_its_catalog()
    {
        var (tests, problems) = PolicyTestReader.Read([new CatalogSource("README.md", Repository.Blocks(Repository.Read("README.md"), "yaml")[1])]);

        Assert.Empty(problems);
        Assert.All(RunPolicyTests.Of(CatalogOfTheReadme().Snapshot!, Limits, tests), r => Assert.Empty(r.Faults));
    }

    [Theory]
    [MemberData(nameof(Readmes))]
    public void Every_relative_link_of_a_README_leads_somewhere(string readme)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, readme))!;
        foreach (Match link in Link().Matches(Repository.Read(readme)))
        {
            var parts = link.Groups["target"].Value.Split('#');
            if (parts[0].Contains("://", StringComparison.Ordinal))
                continue;
            var path = parts[0].Length == 0 ? Path.Combine(Repository.Root, readme) : Path.GetFullPath(parts[0], folder);
            Assert.True(File.Exists(path) || Directory.Exists(path), $"{readme} links to {link.Groups["target"].Value}, which is not there.");
            if (parts.Length > 1)
                Assert.Contains(parts[1], Anchors(File.ReadAllText(path)));
        }
    }

    [Fact]
    public void No_document_names_a_registry_or_a_path_of_somebodys_machine()
    {
        var found = from file in Repository.Files
                    where Documents.Contains(Path.GetExtension(file), StringComparer.Ordinal) || Path.GetFileName(file).StartsWith('.')
                    from line in Repository.Read(file).Split('\n')
                    where Foreign().IsMatch(line)
                    select $"{file}: {line.Trim()}";

        Assert.Empty(found);
    }

    /// <summary>As the places that show Markdown make them: lower case, punctuation dropped, blanks to dashes.</summary>
    private static IEnumerable<string> Anchors(string text) =>
        text.ReplaceLineEndings("\n").Split('\n').Where(l => l.StartsWith('#'))
            .Select(l => string.Concat(l.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_').Select(c => c == ' ' ? '-' : c)));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Link();

    /// <summary>Hosts that serve packages, mirrors of them, homes and scratch folders.</summary>
    [GeneratedRegex(
        @"(registry|nuget|npm|pypi|artifactory|nexus|mirror|proxy)[\w-]*\.[\w.-]+\.(org|com|net|io|local|internal|example)\b|/(home|root|Users|tmp|work|workspace)/\w|[A-Z]:\\",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Foreign();
}
