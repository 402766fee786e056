using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Benchmarks;

/// <summary>The figures as tables for people or as one JSON document.</summary>
internal sealed record Report(IReadOnlyList<(IBenchmark Benchmark, IFigures Figures)> Parts)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public bool IsGood => Parts.All(p => p.Figures.IsGood);

    public Report With(IBenchmark benchmark, IFigures figures) => new([.. Parts, (benchmark, figures)]);

    public string ToJson()
    {
        var document = new JsonObject { ["processors"] = Environment.ProcessorCount };
        foreach (var (benchmark, figures) in Parts)
            document[benchmark.Name] = figures.ToJson();
        return document.ToJsonString(Indented);
    }

    public string ToText() => string.Join(Environment.NewLine + Environment.NewLine, Parts.Select(p => p.Figures.ToText()));
}
