using JitBroker.Benchmarks.Lifecycle;

namespace JitBroker.Benchmarks.Due;

/// <summary>The people of <see cref="BenchCatalog"/> before a target that ends access at once, and before one that takes every call and answers none.</summary>
internal static class DueCatalog
{
    public const string Answers = "payments-logs:read";
    public const string Hangs = "orders-db:read";

    /// <summary>Where the secret is of the service that asks whether tokens stand.</summary>
    public const string SecretVariable = "BENCH_LOGS_SECRET";

    /// <param name="hangingPort">Where nothing answers, on loopback.</param>
    public static string Yaml(int hangingPort) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $$"""
        {{BenchCatalog.Company()}}
        issuers:
          tokens: { kind: jwt, alg: ES256, tokenLifetime: 12h, introspectors: [ { client: logs, secret: "${env:{{SecretVariable}}}" } ] }
          orders-pg: { kind: postgres, connection: "Host=127.0.0.1;Port={{hangingPort}};Username=jit_broker;Database=postgres;SSL Mode=Disable", heir: jit_heir }
        entitlements:
          {{Answers}}:
            title: Payments logs
            issuer: tokens
            grants: { audience: "https://logs.example", scope: [read], verify: introspection }
            eligible: [engineering]
            duration: { default: 30m, max: 12h }
            approval: [ { group: data-owners, votes: 1 } ]
          {{Hangs}}:
            title: Orders database
            issuer: orders-pg
            grants: { database: orders, roles: [orders_readonly] }
            eligible: [engineering]
            duration: { default: 30m, max: 12h }
            approval: [ { group: data-owners, votes: 1 } ]

        """);
}
