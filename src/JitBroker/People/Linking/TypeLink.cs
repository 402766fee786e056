using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.Linking;

/// <summary>
/// The other side types the code. One of the two must be a person's and the other nobody's. Asked is always the person, where they are known: the one whose name an account
/// is to act in, so that a code that was talked out of somebody is worth nothing. Wrong codes lock it, together with sign-in (I3).
/// </summary>
public sealed class TypeLink(Database database, LinkStore links, SignInStore misses, EventStore events, Announcer announcer, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    public async Task<Outcome<LinkTyped>> HandleAsync(LinkSide side, string code, CancellationToken cancellationToken)
    {
        var hash = SignInCodes.Normalize(code) is { } typed ? SignInCodes.Hash(typed) : null;
        var outcome = await database.WriteAsync(session => TypeAsync(session, side, hash, cancellationToken), cancellationToken);
        return outcome.Refusal is { Code: not Codes.RateLimited } refusal && side.Person is { } actor
            ? await refusals.RecordAsync(actor, "link.type", null, null, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<LinkTyped>> TypeAsync(Session session, LinkSide side, string? hash, CancellationToken cancellationToken)
    {
        await misses.LockPersonAsync(session, side.MissesKey, cancellationToken);
        var now = clock.GetUtcNow();
        if (SignInLock.Until(await misses.LastMissesAsync(session, side.MissesKey, cancellationToken)) is { } until && now < until)
        {
            return new Refusal(Codes.RateLimited, string.Create(CultureInfo.InvariantCulture, $"You typed three codes that I don't know, so linking and login are locked for you until {until:HH:mm:ss} UTC. Then begin again with a new code."))
            {
                RetryAfter = until - now,
            };
        }

        var link = hash is null ? null : await links.LockByCodeAsync(session, hash, cancellationToken);
        if (link is not { State: Link.Shown } || now >= link.ExpiresAt)
        {
            await misses.InsertMissAsync(session, side.MissesKey, now, cancellationToken);
            return new Refusal(Codes.NotFound, "I don't know this code. Codes live five minutes and work once: look at it again, or begin again with /access link for a new one.");
        }

        return await MeetAsync(session, link, side, now, cancellationToken);
    }

    private async Task<Outcome<LinkTyped>> MeetAsync(Session session, Link link, LinkSide side, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        if (link.Person is { } shower && side.Person is { } typer)
            return new Refusal(Codes.Forbidden, shower == typer.Email ? "Both are you already: there is nothing to link." : "This account is somebody else's already, and a link never moves by itself. Ask an admin to unlink it first.");
        if (link.Person is null && side.Person is null)
            return new Refusal(Codes.Forbidden, "I know neither of the two accounts, so nothing says who you are. Begin at one that I know, or ask an admin to name you in the catalog.");
        var typed = link.Person is not null
            ? link with { Surface = side.Account!.Surface, Tenant = side.Account.Tenant, Account = side.Account.Id, Label = side.Label }
            : link with { Person = side.Person!.Email, Via = side.Person.Via, Address = side.Address, Host = side.Host };
        if (directory.Find(typed.Person!) is not { } person)
            return new Refusal(Codes.Inactive, "Whoever showed this code is not here any more.");
        if (directory.ClaimsOn(typed.Identity!).Count > 0)
            return ShowLink.AccountIsTaken();
        typed = typed with { State = Link.Typed, Version = link.Version + 1, TypedAt = now };
        await links.MoveAsync(session, typed, cancellationToken);
        var data = new JsonObject { ["person"] = typed.Person, ["via"] = typed.Via, ["account"] = Told(typed.Identity!), ["address"] = typed.Address };
        await events.AppendAsync(session, AuditEvent.BySystem("link", link.Id, 1, "link.typed", now, null, data) with { Actor = side.Person?.Email }, cancellationToken);
        if (side.Person is null)
            await announcer.TellAsync(session, directory, person.Email, Templates.LinkQuestion, link.Id, now, now, null, cancellationToken);
        return new LinkTyped(typed, person.Name, AsksHere: side.Person is not null);
    }

    internal static string Told(Identity account) => $"{account.Surface}:{account.Tenant}/{account.Id}";
}
