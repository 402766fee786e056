namespace JitBroker.Client;

/// <summary>What <c>POST /v1/catalog/check</c> found. <paramref name="Ok"/> is true exactly when there are no problems.</summary>
public sealed record CatalogCheckResource(bool Ok, IReadOnlyList<CatalogProblemResource> Problems);

/// <summary>One fault of a catalog. <paramref name="Line"/> and <paramref name="Column"/> count from 1 and are null for a fault of the whole; <paramref name="Path"/> is the place in the document, such as <c>entitlements.orders-db:read.duration</c>.</summary>
public sealed record CatalogProblemResource(string? File, int? Line, int? Column, string? Path, string? Value, string Message, string? Remedy);

/// <summary>What <c>POST /v1/catalog/diff</c> found: either a catalog has problems (then no changes), or what is different.</summary>
public sealed record CatalogDiffResource(IReadOnlyList<CatalogProblemResource> Problems, IReadOnlyList<CatalogChangeResource> Changes);

/// <summary>One difference. <paramref name="Change"/> is <c>added</c>, <c>removed</c> or <c>changed</c>; <paramref name="Text"/> says what became of what, null for what was added or removed whole.</summary>
public sealed record CatalogChangeResource(string Change, string Section, string Name, string? Text);
