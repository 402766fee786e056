using System.Reflection;
using System.Text.RegularExpressions;
using JitBroker.Tests.Chat;

namespace JitBroker.Tests.Docs;

/// <summary>Slack and Teams can do the same: a story of chat is told for both, or <c>tests/README.md</c> says why it is Slack's alone.</summary>
public sealed partial class ChatTwinTests
{
    private const string Slack = "JitBroker.Tests.Slack";
    private const string Teams = "JitBroker.Tests.Teams";

    private static readonly Type[] Types = typeof(ChatTwinTests).Assembly.GetTypes();

    private static readonly IReadOnlyDictionary<string, string> Reasons = Row()
        .Matches(Repository.Section(Repository.Read("tests/README.md"), "## What Slack alone has"))
        .ToDictionary(r => r.Groups["class"].Value, r => r.Groups["reason"].Value, StringComparer.Ordinal);

    public static TheoryData<string> Suites => [.. Types.Where(t => t.IsAbstract && t.IsSubclassOf(typeof(ChatSuite))).Select(t => t.FullName!)];

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_suite_is_run_on_every_surface(string suite)
    {
        var runs = Types.Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(ChatTwinTests).Assembly.GetType(suite)!)).Select(t => t.Namespace).ToList();
        Assert.Contains(Slack, runs);
        Assert.Contains(Teams, runs);
    }

    [Fact]
    public void What_is_tested_in_Slack_alone_is_listed_with_its_reason()
    {
        var own = Types.Where(t => t.Namespace == Slack && TestsOf(t).Any()).Select(t => t.Name);
        Assert.Equal(Reasons.Keys.Order(StringComparer.Ordinal), own.Order(StringComparer.Ordinal));
        Assert.All(Reasons, r => Assert.True(r.Value.Length >= 40, $"{r.Key}: \"{r.Value}\" is no reason."));
    }

    [Fact]
    public void Each_class_that_a_reason_names_is_there() =>
        Assert.All(
            Reasons.SelectMany(r => Named().Matches(r.Value)).Select(m => m.Groups["name"].Value),
            name => Assert.Contains(TestsOf(Assert.Single(Types, t => t.FullName == "JitBroker.Tests." + name)), _ => true));

    /// <summary>Elsewhere nothing talks to a workspace of its own.</summary>
    [Fact]
    public void Slack_is_driven_from_its_own_folder_only()
    {
        var elsewhere = Repository.Files.Where(f => f.StartsWith("tests/JitBroker.Tests/", StringComparison.Ordinal) && f.EndsWith("Tests.cs", StringComparison.Ordinal) && !f.StartsWith("tests/JitBroker.Tests/Slack/", StringComparison.Ordinal))
            .Where(f => Repository.Read(f).Contains("SlackBench.StartAsync(", StringComparison.Ordinal) && !Repository.Read(f).Contains("wiring: Wiring.", StringComparison.Ordinal));
        Assert.Empty(elsewhere);
    }

    private static IEnumerable<MethodInfo> TestsOf(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(m => m.GetCustomAttributes(inherit: true).Any(a => a is FactAttribute));

    [GeneratedRegex(@"^\| `(?<class>\w+)` \| (?<reason>.+) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>Teams\.\w+Tests)`", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Named();
}
