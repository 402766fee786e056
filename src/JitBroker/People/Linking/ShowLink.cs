using JitBroker.Catalog;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>
/// One side asks for a code to be typed at the other. It gives no right and makes no event until somebody types it; what it stores is bounded per side.
/// </summary>
public sealed class ShowLink(Database database, LinkStore links, CatalogHolder catalogs, TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int MostOpen = 5;

    public async Task<Outcome<LinkShown>> HandleAsync(LinkSide side, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (side.Person is null && catalogs.Directory.ClaimsOn(side.Account!).Count > 0)
            return AccountIsTaken();
        var code = SignInCodes.NewUserCode();
        var account = side.Person is null ? side.Account : null;
        var link = new Link
        {
            Id = Ids.New(now), Version = 1, CodeHash = SignInCodes.Hash(code), State = Link.Shown, Person = side.Person?.Email, Via = side.Person?.Via, Address = side.Address, Host = side.Host,
            Surface = account?.Surface, Tenant = account?.Tenant, Account = account?.Id, Label = account is null ? null : side.Label, CreatedAt = now, ExpiresAt = now + Lifetime,
        };
        return await database.WriteAsync<Outcome<LinkShown>>(
            async session =>
            {
                if (await links.CountOpenAsync(session, link.Person, link.Account, now, cancellationToken) >= MostOpen)
                    return new Refusal(Codes.RateLimited, $"{MostOpen} codes of yours wait to be typed; that is the limit. Type one, or wait a few minutes.") { RetryAfter = TimeSpan.FromMinutes(1) };
                return await links.InsertAsync(session, link, cancellationToken)
                    ? new LinkShown(link.Id, code, link.ExpiresAt, side.Person is not null)
                    : new Refusal(Codes.Unavailable, "The code could not be made; nothing was changed. Try again.") { RetryAfter = TimeSpan.FromSeconds(1) };
            },
            cancellationToken);
    }

    /// <summary>An account that belongs to somebody who is not here, or about whom the catalog and a link do not agree.</summary>
    internal static Refusal AccountIsTaken() =>
        new(Codes.Forbidden, "This account was linked to somebody already, and a link never moves by itself. Ask an admin to unlink it, or to put the catalog right.");
}
