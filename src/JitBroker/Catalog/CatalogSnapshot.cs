using System.Collections.Frozen;
using JitBroker.People;

namespace JitBroker.Catalog;

/// <summary>
/// One accepted catalog, immutable and validated as a whole. Everything that decides holds one snapshot for the whole of a use case,
/// so that a reload in the middle cannot mix two catalogs.
/// </summary>
public sealed record CatalogSnapshot
{
    /// <summary>SHA-256, lower-case hex, of <see cref="Text"/>.</summary>
    public required string Hash { get; init; }

    /// <summary>The merged source, files in name order, references unresolved.</summary>
    public required string Text { get; init; }

    /// <summary>People by canonical e-mail, those merely named in a group included.</summary>
    public required FrozenDictionary<string, PersonEntry> People { get; init; }

    public required FrozenDictionary<string, Group> Groups { get; init; }

    /// <summary>Groups of each role (admin, auditor, operator); an absent role has nobody.</summary>
    public required FrozenDictionary<string, IReadOnlyList<string>> Roles { get; init; }

    public required FrozenDictionary<string, IssuerDefinition> Issuers { get; init; }

    public required FrozenDictionary<string, Entitlement> Entitlements { get; init; }

    /// <summary>Bundle name to entitlement names, in order.</summary>
    public required FrozenDictionary<string, IReadOnlyList<string>> Bundles { get; init; }

    /// <summary>Who is behind each identity the catalog names.</summary>
    public required FrozenDictionary<Identity, Person> Identities { get; init; }

    /// <summary>A catalog that lists nothing: valid, and everything is refused under it.</summary>
    public static CatalogSnapshot Empty { get; } = new()
    {
        Hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        Text = "",
        People = FrozenDictionary<string, PersonEntry>.Empty,
        Groups = FrozenDictionary<string, Group>.Empty,
        Roles = FrozenDictionary<string, IReadOnlyList<string>>.Empty,
        Issuers = FrozenDictionary<string, IssuerDefinition>.Empty,
        Entitlements = FrozenDictionary<string, Entitlement>.Empty,
        Bundles = FrozenDictionary<string, IReadOnlyList<string>>.Empty,
        Identities = FrozenDictionary<Identity, Person>.Empty,
    };
}

/// <summary>A person of the catalog and the accounts it proves for them.</summary>
/// <param name="IsNamed">The catalog spells their name out; otherwise it is made of the address.</param>
public sealed record PersonEntry(Person Person, IReadOnlyList<Identity> Identities, bool IsNamed = true);

/// <summary>A named set of people: those listed, or whoever a schedule or a SCIM client says; of these no member stands here.</summary>
public sealed record Group(string Name, FrozenSet<string> Members, OnCallSchedule? Schedule, ScimReference? Scim = null);

/// <summary>A group that SCIM clients push, by its display name, external id or id.</summary>
/// <param name="Client">Of which client; null: of whichever has it, and of exactly one.</param>
public sealed record ScimReference(string Group, string? Client = null);

/// <summary>An on-call schedule at PagerDuty, Opsgenie or an HTTPS endpoint. <paramref name="Token"/> is an unresolved reference.</summary>
/// <param name="Id">The vendor's id of the schedule; of kind <c>http</c> the endpoint's address.</param>
/// <param name="Api">Another API of the vendor's than the first (<c>https://api.eu.opsgenie.com/</c>), or null.</param>
public sealed record OnCallSchedule(string Kind, string Id, string Token, string? Api = null);
