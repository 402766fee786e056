using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace JitBroker.Tests.Catalog;

/// <summary>Whatever stands in the file: a snapshot or problems, never an exception, never a hang.</summary>
public sealed class CatalogFuzzTests
{
    private static readonly string[] Tokens =
    [
        ": ", "- ", "{", "}", "[", "]", "&a ", "*a", "!!int ", "\"", "'", "\n", "  ", "#", "|", ">", "?", "null", "~", "true", "-1", "1e999", "0x10", "\t", "\0", "\u202e",
        "\ud800", "😀", "${env:", "${file:/}", "%", "@", "`", "people", "groups", "entitlements", "approval", "stages", "anyOf", "auto", "<<: *a", "---", "...", "99999999999999999999d",
    ];

    private static bool Settles(string yaml)
    {
        var result = Sample.Load(yaml);
        return result.Snapshot is null ? result.Problems.Count > 0 && result.Problems.All(p => p.ToString().Length > 10) : result.Problems.Count == 0;
    }

    [Fact]
    public void Random_text_settles() => Prop.ForAll<NonNull<string>>(text => Settles(text.Get)).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_bytes_settle() => Prop.ForAll<byte[]>(bytes => Settles(Encoding.Latin1.GetString(bytes ?? []))).QuickCheckThrowOnFailure();

    [Fact]
    public void Mutations_of_the_sample_settle()
    {
        var mutation =
            from at in Gen.Choose(0, Sample.Yaml.Length - 1)
            from cut in Gen.Choose(0, 12)
            from token in Gen.Elements(Tokens)
            select (at, cut, token);
        var mutations = from count in Gen.Choose(1, 4) from list in mutation.ListOf(count) select list;

        Prop.ForAll(mutations.ToArbitrary(), changes => Settles(changes.Aggregate(
            Sample.Yaml,
            (yaml, m) => yaml[..Math.Min(m.at, yaml.Length)] + m.token + yaml[Math.Min(m.at + m.cut, yaml.Length)..])))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    [Fact]
    public void Every_line_may_be_missing()
    {
        var lines = Sample.Yaml.Split('\n');
        for (var i = 0; i < lines.Length; i++)
            Assert.True(Settles(string.Join('\n', lines.Where((_, at) => at != i))), lines[i]);
    }
}
