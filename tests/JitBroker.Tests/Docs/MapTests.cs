using System.Text.RegularExpressions;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Scheduling;

namespace JitBroker.Tests.Docs;

/// <summary><c>src/README.md</c> against the code.</summary>
public sealed partial class MapTests
{
    private static readonly string Map = Repository.Read("src/README.md");

    [Fact]
    public void The_diagram_of_requests_is_their_table() => Compare<RequestState>("### Request", RequestLifecycle.Allows);

    [Fact]
    public void The_diagram_of_grants_is_their_table() => Compare<GrantState>("### Grant", GrantLifecycle.Allows);

    [Fact]
    public void The_diagram_of_leases_is_their_table() => Compare<LeaseState>("### Lease", LeaseLifecycle.Allows);

    [Fact]
    public void The_diagram_of_reviews_is_their_table() => Compare<ReviewState>("### Review", ReviewLifecycle.Allows);

    [Fact]
    public void The_diagram_of_deliveries_is_their_table() => Compare<DeliveryState>("### Delivery", DeliveryLifecycle.Allows);

    [Fact]
    public void The_reader_of_diagrams_sees_branches_chains_and_remarks()
    {
        const string drawn = """
            one --+--> two ----> three   four is a remark
                  |
                  +--> five --+--> six
                              +--> one
            """;

        Assert.Equal([("one", "two"), ("two", "three"), ("one", "five"), ("five", "six"), ("five", "one")], StateDiagram.Arrows(drawn));
    }

    [Fact]
    public void The_table_of_sweeps_names_each_sweep_once()
    {
        var rows = SweepRow().Matches(Repository.Section(Map, "## Sweeps")).Select(m => m.Groups["name"].Value);

        Assert.Equal(Enum.GetNames<Sweep>().Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_tree_names_every_project_and_every_slice()
    {
        var named = Tree();

        var projects = Repository.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal) && !f.StartsWith("tests/", StringComparison.Ordinal)).Select(FolderOf);
        var slices = from folder in new[] { "src/JitBroker", "src/JitBroker.Issuers", "src/JitBroker.Server", "bots/JitBroker.Bots" }
                     from file in Repository.Files
                     where file.StartsWith(folder + "/", StringComparison.Ordinal) && file.Count(c => c == '/') > folder.Count(c => c == '/') + 1
                     select string.Join('/', file.Split('/').Take(folder.Split('/').Length + 1));
        Assert.Empty(projects.Concat(slices).Distinct(StringComparer.Ordinal).Except(named, StringComparer.Ordinal));
    }

    [Fact]
    public void The_tree_names_nothing_that_is_not_there() =>
        Assert.All(Tree(), folder => Assert.Contains(Repository.Files, f => f.StartsWith(folder + "/", StringComparison.Ordinal)));

    /// <summary>A name may be short: <c>EndGrant.cs</c>, <c>Grants/EndGrant.cs</c>; it must mean one file.</summary>
    [Fact]
    public void Every_source_file_that_a_README_names_is_one_file() =>
        Assert.All(
            from readme in Repository.Readmes
            from Match name in SourceFile().Matches(Repository.Read(readme))
            select (readme, name.Groups["path"].Value),
            named => Assert.Single(Repository.Files, f => f == named.Value || f.EndsWith("/" + named.Value, StringComparison.Ordinal)));

    private static void Compare<T>(string heading, Func<T, T, bool> allows)
        where T : struct, Enum
    {
        var arrows = StateDiagram.Arrows(Assert.Single(Repository.Blocks(Repository.Section(Map, heading) + "\n", "")));

        var legal = from a in Enum.GetValues<T>()
                    from b in Enum.GetValues<T>()
                    where allows(a, b)
                    select $"{a} to {b}".ToLowerInvariant();
        Assert.Equal(legal.Order(StringComparer.Ordinal), arrows.Select(a => $"{a.From} to {a.To}").Order(StringComparer.Ordinal));
    }

    /// <summary>Paths of the tree: a line at the margin is a folder from the root, an indented one a folder in it.</summary>
    private static List<string> Tree()
    {
        var (named, parent) = (new List<string>(), "");
        foreach (var line in Repository.Blocks(Repository.Section(Map, "## The house"), "")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = line.TrimStart().Split(' ')[0];
            parent = line[0] == ' ' ? parent : name;
            named.Add(line[0] == ' ' ? $"{parent}/{name}" : name);
        }

        return named;
    }

    private static string FolderOf(string path) => path[..path.LastIndexOf('/')];

    [GeneratedRegex(@"^\| `(?<name>\w+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex SweepRow();

    [GeneratedRegex(@"`(?<path>[\w./-]+\.cs)`", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex SourceFile();
}
