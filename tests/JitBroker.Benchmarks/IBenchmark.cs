using System.Text.Json.Nodes;

namespace JitBroker.Benchmarks;

/// <summary>One thing that is measured. <see cref="Benchmarks.All"/> lists them.</summary>
internal interface IBenchmark
{
    /// <summary>For <c>--only</c>, and the member of the JSON document.</summary>
    string Name { get; }

    /// <returns>Null where what it needs is not installed; the progress says so.</returns>
    Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken);
}

/// <summary>What a benchmark found.</summary>
internal interface IFigures
{
    /// <summary>Its targets are met.</summary>
    bool IsGood { get; }

    /// <summary>A heading, an empty line and a table; see <see cref="Table"/>.</summary>
    string ToText();

    JsonNode ToJson();
}
