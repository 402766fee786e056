using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>What a chat service says of an account's owner. Asked of the service, never taken from a delivery.</summary>
/// <param name="Email">The address of the profile.</param>
/// <param name="IsConfirmed">The service has seen that the owner reads mail there.</param>
public sealed record ProfileEmail(string? Email, bool IsConfirmed);

/// <summary>
/// Links an account that is nobody's to the one person with the confirmed address of its profile, once (I1, I2). The binding is kept: what the profile says later changes nothing.
/// A person who has an account of that workspace gets no second one, and an account that was ever linked no new person, by e-mail alone.
/// </summary>
public sealed class LinkByProfile(Database database, LinkIdentity linkIdentity, IdentityStore identities, CatalogHolder catalogs, ReloadPeople people, TimeProvider clock)
{
    /// <param name="domains">Whose addresses are believed; lower case.</param>
    /// <returns>The person it is linked to from now on, or why not, for the log: nobody is told what an address would have to be.</returns>
    public async Task<(Person? Person, string Because)> HandleAsync(Identity account, ProfileEmail profile, IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        if (!profile.IsConfirmed || string.IsNullOrWhiteSpace(profile.Email))
            return (null, "the address of its profile is not confirmed");
        var email = Emails.Canonical(profile.Email);
        if (!Emails.IsAddress(email) || !domains.Contains(email[(email.LastIndexOf('@') + 1)..], StringComparer.Ordinal))
            return (null, "the address of its profile is of none of the allowed domains");
        var directory = catalogs.Directory;
        if (directory.Find(email) is not { } person)
            return (null, "nobody has the address of its profile");
        if (Names(directory, account, email) is { } other)
            return (null, other);
        var linked = await database.WriteAsync(
            async session =>
            {
                if (await identities.WasLinkedAsync(session, account, cancellationToken))
                    return null;
                var evidence = new JsonObject { ["email"] = email };
                var done = await linkIdentity.InAsync(session, account, email, LinkedIdentity.ByProfile, null, evidence, clock.GetUtcNow(), cancellationToken);
                if (done is null)
                    session.Doom();
                return done;
            },
            cancellationToken);
        if (linked is null)
            return (null, "it is, or was, somebody's");
        await people.RunAsync(cancellationToken);
        return (catalogs.Directory.Find(account) ?? person, "");
    }

    private static string? Names(PeopleDirectory directory, Identity account, string email)
    {
        if (directory.ClaimsOn(account).Count > 0)
            return "it is somebody's";
        return directory.IdentitiesOf(email).Any(i => i.Surface == account.Surface && i.Tenant == account.Tenant) ? "the person with its address has an account of that workspace already" : null;
    }
}
