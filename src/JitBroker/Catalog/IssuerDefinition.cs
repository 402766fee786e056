namespace JitBroker.Catalog;

/// <summary>
/// One entry of <c>issuers:</c>. <paramref name="Settings"/> are its other keys as canonical JSON (RFC 8785), references such as
/// <c>${env:ORDERS_PG}</c> unresolved, so that it may be stored and shown.
/// </summary>
public sealed record IssuerDefinition(string Name, string Kind, string Settings)
{
    public const int DefaultConcurrency = 8;

    /// <summary>Most ends, and most mints, that one replica has under way at the target at a time. No part of what is approved: changing it lapses nothing.</summary>
    public int Concurrency { get; init; } = DefaultConcurrency;
}
