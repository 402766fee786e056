using JitBroker.Catalog;
using JitBroker.Policy;

namespace JitBroker.Tests.Catalog;

/// <summary>The catalog of contract §3, one choice made where it shows several.</summary>
internal static class Sample
{
    public const string Yaml = """
        people:
          - { email: ana@example.com, name: Ana, slack: T0EX/U0ANA, teams: 7f1d0f0e-0c1d-4c55-9a52-0d9a3b6c1a01/2b8f5a77-55d0-4b2e-8a42-1f0f4a0c9d10 }   # TENANT/OBJECT
          - { email: bea@example.com, name: Bea, slack: T0EX/U0BEA }
        groups:
          engineering: { members: [ana@example.com, cy@example.com] }
          data-owners: { members: [bea@example.com, dan@example.com] }
          platform:    { members: [dan@example.com] }
          security:    { members: [eli@example.com] }
          oncall:      { schedule: { kind: pagerduty, id: PABC123, token: "${env:PD}" } }
        roles: { admin: [platform], auditor: [security], operator: [platform] }       # groups; absent = nobody. No role decides requests.
        issuers:
          tokens:    { kind: jwt, alg: RS256, tokenLifetime: 15m }
          orders-pg: { kind: postgres, connection: "${env:ORDERS_PG}", heir: jit_heir }
          aws:       { kind: aws-sts, region: eu-west-1, accessKeyId: "${env:K}", secretAccessKey: "${env:S}", stsEndpoint: "", iamEndpoint: "" }
          rmq:       { kind: rabbitmq, management: "https://mq:15671", amqp: "amqps://mq", user: jit, password: "${file:mq}", mode: user }
          stream:    { kind: kafka, bootstrap: ["k1:9093"], tls: true, mechanism: SCRAM-SHA-512, user: jit, password: "${env:KP}", mode: scram }
          door:      { kind: http }
        entitlements:
          orders-db:read:
            title: Orders database, read only
            issuer: orders-pg
            grants: { database: orders, roles: [orders_readonly], connectionLimit: 5 }
            risk: low                        # low|medium|high
            hidden: false                    # true: reads as unknown to those not eligible
            eligible: [engineering]
            duration: { min: 5m, default: 1h, max: 8h }
            pending: 4h                      # then the request lapses
            leases: 3                        # live ones per grant; each collection mints a new one
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            channel: { slack: C0DATA, teams: "19:abc@thread.tacv2" }      # default Slack:Channel; none = a DM to each approver (at most 10)
            approval:                        # `auto`, or a list of clauses (all must be met, by distinct people), or stages as below
              - { group: data-owners, votes: 1, remindAfter: 15m, escalateTo: platform, escalateAfter: 1h }
            extensions: { max: 2 }
            breakGlass: { eligible: [oncall], max: 30m, review: { group: security, within: 24h } }
          payments-logs:read:
            title: Payments logs
            issuer: tokens
            grants: { audience: "https://logs.example", scope: [read], verify: offline, skew: 5m }
            eligible: [engineering]
            duration: { default: 30m, max: 4h }
            approval: { stages: [ { anyOf: [ [ { group: data-owners, votes: 2 } ], [ { group: security, votes: 1 } ] ] } ] }   # stages in order; anyOf alternatives; a list = one stage, one alternative
        bundles:
          incident-kit: [orders-db:read, payments-logs:read]

        """;

    private static readonly string[] Variables = ["PD", "ORDERS_PG", "K", "S", "KP"];

    public static CatalogOptions Options { get; } = new()
    {
        Limits = new BrokerLimits(TimeSpan.FromHours(4), TimeSpan.FromHours(12)),
        PublicUrl = "http://127.0.0.1:8080",
    };

    /// <summary>With every variable of the sample set, and its file in a folder of its own.</summary>
    public static CatalogOptions WithSecrets(string folder) =>
        Options with { Secrets = new SecretResolver(name => Variables.Contains(name) ? "value of " + name : null, folder) };

    public static CatalogLoadResult Load(string yaml) => CatalogLoader.Load([new CatalogSource("catalog.yaml", yaml)], Options);

    public static CatalogSnapshot Snapshot(string yaml)
    {
        var result = Load(yaml);
        Assert.Empty(result.Problems);
        return result.Snapshot!;
    }
}
