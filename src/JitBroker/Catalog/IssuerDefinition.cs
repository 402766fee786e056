namespace JitBroker.Catalog;

/// <summary>
/// One entry of <c>issuers:</c>. <paramref name="Settings"/> are its other keys as canonical JSON (RFC 8785), references such as
/// <c>${env:ORDERS_PG}</c> unresolved, so that it may be stored and shown.
/// </summary>
public sealed record IssuerDefinition(string Name, string Kind, string Settings);
