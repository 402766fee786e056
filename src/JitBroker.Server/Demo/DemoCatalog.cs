namespace JitBroker.Server.Demo;

/// <summary>The catalog of the demo: five people, two issuers of tokens and the real servers that there are, three ways to be approved.</summary>
internal static class DemoCatalog
{
    /// <summary>Ends at once: the guarded service asks the broker at each use. Needs one of the data owners.</summary>
    public const string Logs = "payments-logs:read";

    /// <summary>Needs one of the data owners and one of security.</summary>
    public const string Export = "payments-logs:export";

    /// <summary>Approved by rule, for short use.</summary>
    public const string Status = "status-page:edit";

    /// <summary>The name of the variable that holds the guarded service's secret.</summary>
    public const string ServiceSecret = "DEMO_SERVICE_SECRET";

    /// <summary>The guarded service's user name at the broker's introspection.</summary>
    public const string ServiceClient = "payments-logs";

    public const string LogsAudience = "https://logs.demo.example";

    // the playground's tenant
    private const string Tenant = "7f1d0f0e-0c1d-4c55-9a52-0d9a3b6c1a01";

    public const string StatusAudience = "https://status.demo.example";

    /// <param name="targets">The real servers that there are to give access to.</param>
    public static string Text(IReadOnlyList<IDemoTarget> targets) => $$"""
        # Who may have what, for how long, and who decides.
        people:
          - { email: ana@example.com, name: Ana Diaz,     slack: T0EX/U0ANA, teams: {{Tenant}}/2b8f5a77-55d0-4b2e-8a42-1f0f4a0c9d10 }
          - { email: bea@example.com, name: Bea Lindqvist,slack: T0EX/U0BEA, teams: {{Tenant}}/8d0c2f4e-3b7a-4f19-9c65-7e1a2b3c4d21 }
          - { email: cy@example.com,  name: Cy Okafor,    slack: T0EX/U0CY, teams: {{Tenant}}/b1a9e6d3-0f58-4c27-a4d2-5c6f7a8b9e32 }
          - { email: dan@example.com, name: Dan Moreau,   slack: T0EX/U0DAN, teams: {{Tenant}}/f47e3c15-92ab-4d60-b8e9-1d2c3b4a5f43 }
          - { email: eli@example.com, name: Eli Nakamura, slack: T0EX/U0ELI, teams: {{Tenant}}/6c58b0a4-7de1-4a93-85f7-9b8a7c6d5e54 }
        groups:
          engineering: { members: [ana@example.com, cy@example.com] }
          data-owners: { members: [bea@example.com, dan@example.com] }
          security:    { members: [eli@example.com] }
          oncall:      { members: [cy@example.com, dan@example.com] }
          platform:    { members: [dan@example.com] }
        roles: { admin: [platform], auditor: [security] }
        issuers:
          tokens:
            kind: jwt
            alg: RS256
            tokenLifetime: 15m
            introspectors: [ { client: {{ServiceClient}}, secret: "${env:{{ServiceSecret}}}" } ]
          badges: { kind: jwt, alg: ES256, tokenLifetime: 10m }
        {{string.Join('\n', targets.Select(t => t.Issuer))}}
        entitlements:
          {{Logs}}:
            title: Payments logs, read only
            issuer: tokens
            grants: { audience: "{{LogsAudience}}", scope: [logs.read], verify: introspection }
            risk: low
            eligible: [engineering]
            duration: { min: 5s, default: 30m, max: 4h }
            pending: 30m
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval:
              - { group: data-owners, votes: 1 }
            extensions: { max: 1 }
            breakGlass: { eligible: [oncall], max: 30m, review: { group: security, within: 24h } }
          {{Export}}:
            title: Payments logs, full export
            issuer: badges
            grants: { audience: "https://export.demo.example", scope: [logs.export], skew: 30s }
            risk: high
            eligible: [engineering]
            duration: { default: 15m, max: 1h }
            reason: { required: true, hint: "Who needs the export, and what for?" }
            approval:
              - { group: data-owners, votes: 1 }
              - { group: security, votes: 1 }
          {{Status}}:
            title: Status page, post updates
            issuer: tokens
            grants: { audience: "{{StatusAudience}}", scope: [status.write], verify: introspection }
            risk: low
            eligible: [engineering]
            duration: { min: 5s, default: 15m, max: 2h }
            reason: { required: true, hint: "What are you announcing?" }
            approval: { auto: { atMost: 15m }, else: [ { group: data-owners, votes: 1 } ] }
        {{string.Join('\n', targets.Select(t => t.Entitlement))}}
        """;
}
