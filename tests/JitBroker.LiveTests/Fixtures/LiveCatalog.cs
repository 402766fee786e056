using System.Globalization;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>The catalog of the live tests: the five people of the workspace, sixteen more who may approve, and ways to be approved.</summary>
internal static class LiveCatalog
{
    /// <summary>One vote of the data owners; its end holds at once.</summary>
    public const string Logs = "logs:read";

    /// <summary>Approved by rule; its end holds at once.</summary>
    public const string Quick = "quick:read";

    /// <summary>Two votes, by two people.</summary>
    public const string Pair = "pair:read";

    public const string Audience = "https://logs.live.example";

    public const string ServiceClient = "logs-service";

    public const string ServiceSecret = "an-introspection-secret-of-the-live-tests";

    /// <summary>How many approvers there are beside Bea and Dan.</summary>
    public const int Crowd = 16;

    public static string UserOf(int approver) => string.Create(CultureInfo.InvariantCulture, $"U0APP{approver:00}");

    public static string EmailOf(int approver) => string.Create(CultureInfo.InvariantCulture, $"app{approver:00}@example.com");

    /// <param name="target">One more issuer with its entitlement, or null.</param>
    public static string Text(LiveTarget? target = null) => $$"""
        people:
          - { email: ana@example.com, name: Ana Diaz,      slack: T0EX/U0ANA }
          - { email: bea@example.com, name: Bea Lindqvist, slack: T0EX/U0BEA }
          - { email: cy@example.com,  name: Cy Okafor,     slack: T0EX/U0CY }
          - { email: dan@example.com, name: Dan Moreau,    slack: T0EX/U0DAN }
          - { email: eli@example.com, name: Eli Nakamura,  slack: T0EX/U0ELI }
        {{string.Join('\n', Enumerable.Range(0, Crowd).Select(i => $"  - {{ email: {EmailOf(i)}, name: Approver {i.ToString(CultureInfo.InvariantCulture)}, slack: T0EX/{UserOf(i)} }}"))}}
        groups:
          engineering: { members: [ana@example.com, cy@example.com] }
          data-owners: { members: [bea@example.com, dan@example.com, {{string.Join(", ", Enumerable.Range(0, Crowd).Select(EmailOf))}}] }
          platform:    { members: [dan@example.com] }
          security:    { members: [eli@example.com] }
          oncall:      { members: [ana@example.com] }
        roles: { admin: [platform] }
        issuers:
          tokens: { kind: jwt, alg: RS256, tokenLifetime: 15m, introspectors: [ { client: {{ServiceClient}}, secret: "${env:LIVE_SERVICE_SECRET}" } ] }
        {{(target is null ? "" : $"  target: {target.Issuer}")}}
        entitlements:
          {{Logs}}:
            title: Logs, read only
            issuer: tokens
            grants: { audience: "{{Audience}}", scope: [logs.read], verify: introspection }
            eligible: [engineering]
            duration: { min: 1s, default: 30m, max: 4h }
            leases: 5
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval: [ { group: data-owners, votes: 1 } ]
          {{Quick}}:
            title: Quick look
            issuer: tokens
            grants: { audience: "https://quick.live.example", scope: [look], verify: introspection }
            eligible: [engineering]
            duration: { min: 1s, default: 5m, max: 1h }
            leases: 5
            reason: { required: false }
            approval: auto
          {{Pair}}:
            title: Two votes
            issuer: tokens
            grants: { audience: "https://pair.live.example", scope: [pair], verify: introspection }
            eligible: [engineering]
            duration: { min: 1s, default: 5m, max: 1h }
            reason: { required: false }
            approval: [ { group: data-owners, votes: 2 } ]
        {{(target is null ? "" : Of(target))}}
        """;

    /// <summary>Needs one vote of the data owners, as <see cref="Logs"/> does; may be extended once, and Ana may take it in an emergency.</summary>
    private static string Of(LiveTarget target) => $$"""
          {{LiveTarget.Entitlement}}:
            title: What the target guards
            issuer: target
            grants: {{target.Grants}}
            eligible: [engineering]
            duration: { min: 1s, default: 30m, max: 4h }
            leases: 5
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval: [ { group: data-owners, votes: 1 } ]
            extensions: { max: 1 }
            breakGlass: { eligible: [oncall], max: 30m, review: { group: security, within: 24h } }
        """;
}

/// <summary>A real target in the catalog of a live broker.</summary>
/// <param name="Issuer">YAML of the issuer <c>target</c>, on one line.</param>
/// <param name="Grants">YAML of what <see cref="Entitlement"/> grants, on one line.</param>
/// <param name="Secrets">What the broker's process has in its environment.</param>
internal sealed record LiveTarget(string Issuer, string Grants, IReadOnlyDictionary<string, string> Secrets)
{
    public const string Entitlement = "target:use";
}
