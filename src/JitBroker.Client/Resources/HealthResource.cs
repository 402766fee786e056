namespace JitBroker.Client;

/// <summary>What <c>/healthz</c> and <c>/readyz</c> say. <paramref name="Status"/> is <c>ok</c> or <c>unavailable</c>; <paramref name="TestEndpoints"/> tells that endpoints may be moved off the vendors' hosts.</summary>
public sealed record HealthResource(string Status, IReadOnlyList<HealthCheckResource>? Checks = null, bool TestEndpoints = false);

/// <summary>One thing that must be right before the broker serves: <c>catalog</c>, <c>migrations</c>, <c>keys</c>, <c>database</c>; and how it stands with <c>slack</c>, whose absence makes nothing unready. <paramref name="Attention"/>: it serves, and somebody should read the text.</summary>
public sealed record HealthCheckResource(string Name, bool Ok, string? Text = null, bool Attention = false);
