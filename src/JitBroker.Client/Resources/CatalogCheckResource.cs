namespace JitBroker.Client;

/// <summary>What <c>POST /v1/catalog/check</c> found. <paramref name="Ok"/> is true exactly when there are no problems.</summary>
public sealed record CatalogCheckResource(bool Ok, IReadOnlyList<CatalogProblemResource> Problems);

/// <summary>One fault of a catalog. <paramref name="Line"/> and <paramref name="Column"/> count from 1 and are null for a fault of the whole; <paramref name="Path"/> is the place in the document, such as <c>entitlements.orders-db:read.duration</c>.</summary>
public sealed record CatalogProblemResource(string? File, int? Line, int? Column, string? Path, string? Value, string Message, string? Remedy);

/// <summary>What <c>POST /v1/catalog/diff</c> found: either a catalog has problems (then no changes), or what is different, and what that comes to in people.</summary>
public sealed record CatalogDiffResource(IReadOnlyList<CatalogProblemResource> Problems, IReadOnlyList<CatalogChangeResource> Changes, IReadOnlyList<PeopleChangeResource> People);

/// <summary>
/// Who may do something that they could not, and the other way round. <paramref name="What"/> is <c>ask</c>, <c>approve</c>, <c>break_glass</c>, <c>review</c> or <c>role</c>;
/// <paramref name="Name"/> the entitlement's or the role's; <paramref name="Text"/> says it: <c>14 more people may ask for prod-db:write</c>.
/// </summary>
public sealed record PeopleChangeResource(string What, string Name, IReadOnlyList<string> More, IReadOnlyList<string> Fewer, string Text);

/// <summary>What <c>POST /v1/catalog/test</c> found. <paramref name="Ok"/> is true exactly when there are no problems and every test held.</summary>
public sealed record CatalogTestResource(bool Ok, IReadOnlyList<CatalogProblemResource> Problems, IReadOnlyList<PolicyTestResource> Tests);

/// <summary>One policy test: where it stands, and what did not hold.</summary>
public sealed record PolicyTestResource(string File, int Line, string Name, bool Ok, IReadOnlyList<string> Faults);

/// <summary>One difference. <paramref name="Change"/> is <c>added</c>, <c>removed</c> or <c>changed</c>; <paramref name="Text"/> says what became of what, null for what was added or removed whole.</summary>
public sealed record CatalogChangeResource(string Change, string Section, string Name, string? Text);
