namespace JitBroker.Client;

/// <summary>The answer of <c>GET /v1/catalog</c>: which catalog is in force, which wait for an admin, and how the answering replica's own file stands to it. (An addition to the contract.)</summary>
public sealed record CatalogResource(CatalogInForceResource InForce, IReadOnlyList<WaitingCatalogResource> Waiting, CatalogFileResource File);

/// <summary>The catalog in force.</summary>
public sealed record CatalogInForceResource(string Hash, DateTimeOffset AcceptedAt, int Entitlements, int People);

/// <summary>A catalog that is held because of what it would do as things stand: <paramref name="Effect"/> in sentences, then the same as data. With no effect it cannot be read any more.</summary>
public sealed record WaitingCatalogResource(string Hash, DateTimeOffset Since, IReadOnlyList<string> Effect, IReadOnlyList<WouldEndResource> Ends, IReadOnlyList<string> DropsEntitlements, IReadOnlyList<string> DropsPeople);

/// <summary>A live grant that a catalog would end, and why.</summary>
public sealed record WouldEndResource(string Grant, string Entitlement, PersonResource Holder, string Because);

/// <summary>The file of the replica that answered. <paramref name="State"/> is <c>in_force</c>, <c>broken</c>, <c>waiting</c> or <c>earlier</c>.</summary>
public sealed record CatalogFileResource(string State, string? Remark, IReadOnlyList<CatalogProblemResource> Problems);

/// <summary>The answer of <c>POST /v1/catalog/accept</c>: what is in force now, and what that ended.</summary>
public sealed record CatalogAcceptedResource(string Hash, int Entitlements, int People, int EndedGrants, int LapsedRequests);
