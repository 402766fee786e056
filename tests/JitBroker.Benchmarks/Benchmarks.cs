using JitBroker.Benchmarks.Ack;
using JitBroker.Benchmarks.Audit;
using JitBroker.Benchmarks.Authz;
using JitBroker.Benchmarks.Due;
using JitBroker.Benchmarks.Issuers;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Benchmarks.Policy;
using JitBroker.Benchmarks.Scim;
using JitBroker.Benchmarks.Teams;

namespace JitBroker.Benchmarks;

/// <summary>All that is measured, in the order it is run. A new one is a line here.</summary>
internal static class Benchmarks
{
    public static readonly IReadOnlyList<IBenchmark> All =
    [
        new LifecycleBenchmark(),
        new AckBenchmark(),
        new AuditBenchmark(),
        new PolicyBenchmark(),
        new DueBenchmark(),
        new AuthzBenchmark(),
        new IssuersBenchmark(),
        new ScimBenchmark(),
        new TeamsBenchmark(),
    ];

    public static IEnumerable<string> Names => All.Select(b => b.Name);
}
