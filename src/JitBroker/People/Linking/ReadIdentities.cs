using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>An account and whose it is. <paramref name="Id"/> and <paramref name="LinkedAt"/> are null for one that the catalog names.</summary>
/// <param name="How"><c>catalog</c>, <c>code</c> or <c>profile</c>.</param>
/// <param name="Holds">False: the catalog and a link do not agree, or its person is not here, so that it is nobody's now.</param>
public sealed record KnownIdentity(Identity Account, string Person, string How, string? Id, DateTimeOffset? LinkedAt, bool Holds)
{
    /// <summary>By which a list is in order.</summary>
    public string Key => $"{Person} {Account.Surface}:{Account.Tenant}/{Account.Id} {How}";
}

/// <summary>All that were asked for.</summary>
public sealed record KnownIdentities(IReadOnlyList<KnownIdentity> Items);

/// <summary>Reads of accounts, and of linkings under way.</summary>
public sealed class ReadIdentities(Database database, LinkStore links, IdentityStore identities, PeopleBook book, CatalogHolder catalogs)
{
    /// <summary>Every account that the catalog or a link names, by person and account. For admins and auditors.</summary>
    /// <param name="person">Canonical e-mail; null: of everybody.</param>
    public Outcome<KnownIdentities> List(Actor reader, string? person)
    {
        var directory = catalogs.Directory;
        if (!directory.HasRole(Rights.Admin, reader.Email) && !directory.HasRole(Rights.Auditor, reader.Email))
            return new Refusal(Codes.Forbidden, "Only admins and auditors see everybody's accounts. Your own are in jit whoami.");
        var named = directory.Catalog.Identities.Select(i => Of(directory, i.Key, i.Value.Email, "catalog", null));
        var linked = book.Now.Links.All.Select(l => Of(directory, l.Identity, l.Person, l.How, l));
        return new KnownIdentities([.. named.Concat(linked).Where(i => person is null || i.Person == person).OrderBy(i => i.Key, StringComparer.Ordinal)]);
    }

    /// <summary>A linking by its id; null when there is none. For its person, and for the notices that tell of it.</summary>
    public Task<Link?> FindLinkAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(session => links.FindAsync(session, id, cancellationToken), cancellationToken);

    /// <summary>A linked account by its id, unlinked ones too; for the notices that tell of it.</summary>
    public Task<LinkedIdentity?> FindAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(session => identities.FindByIdAsync(session, id, cancellationToken), cancellationToken);

    private static KnownIdentity Of(PeopleDirectory directory, Identity account, string person, string how, LinkedIdentity? linked) =>
        new(account, person, how, linked?.Id, linked?.LinkedAt, directory.Find(account)?.Email == person);
}
