using System.Text.RegularExpressions;

namespace JitBroker.Tests.Docs;

/// <summary>The table of abuse in <c>tests/README.md</c> against the tests that there are.</summary>
public sealed partial class AbuseTableTests
{
    private static readonly string[] Rows =
    [
        "D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "D9", "D10", "D11", "D12", "I1", "I2", "I3", "I4", "I5", "M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10", "E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8",
    ];

    private static readonly string Table = Repository.Section(Repository.Read("tests/README.md"), "## Abuse that must fail");

    public static TheoryData<string> Named => [.. Name().Matches(Table).Select(m => m.Groups["name"].Value).Distinct(StringComparer.Ordinal)];

    [Fact]
    public void It_has_every_row() => Assert.Equal(Rows, Row().Matches(Table).Select(m => m.Groups["row"].Value));

    [Fact]
    public void Each_row_names_a_test() => Assert.All(Row().Matches(Table), row => Assert.Matches(Name(), row.Value));

    [Theory]
    [MemberData(nameof(Named))]
    public void A_test_that_is_named_exists(string name)
    {
        var at = name.LastIndexOf('.');
        if (name.StartsWith("LiveTests.", StringComparison.Ordinal))
        {
            // Another program: its source is looked at.
            var source = Repository.Read($"tests/JitBroker.{name[..at].Replace('.', '/')}.cs");
            Assert.Contains($" {name[(at + 1)..]}(", source, StringComparison.Ordinal);
            return;
        }

        var type = typeof(AbuseTableTests).Assembly.GetType($"JitBroker.Tests.{name[..at]}");
        Assert.NotNull(type);
        var method = type.GetMethod(name[(at + 1)..]);
        Assert.NotNull(method);
        Assert.Contains(method.GetCustomAttributes(inherit: true), a => a is FactAttribute);
    }

    [GeneratedRegex(@"^\| (?<row>[A-Z]\d+) \|.*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>(LiveTests|[A-Z]\w+)(\.[A-Z]\w+){2,3})`", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Name();
}
