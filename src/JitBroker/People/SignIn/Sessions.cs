using JitBroker.Catalog;
using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>What a token stands for.</summary>
public abstract record SessionFound
{
    private SessionFound()
    {
    }

    /// <summary>No such token, or its session has ended.</summary>
    public sealed record Unknown : SessionFound;

    /// <summary>The session lives, but its person is not in the catalog any more.</summary>
    public sealed record Inactive(PersonSession Session) : SessionFound;

    public sealed record Live(PersonSession Session, Person Person) : SessionFound
    {
        public Actor ActorAt(Surface surface) => new(Person, surface, "session:" + Session.Id, Session.Id);
    }
}

/// <summary>Reads of sessions, for surfaces.</summary>
public sealed class Sessions(Database database, SessionStore sessions, CatalogHolder catalogs, TimeProvider clock)
{
    /// <summary>Tokens are looked up by their hash, so that the comparison's timing tells nothing of them.</summary>
    public async Task<SessionFound> FindAsync(string token, CancellationToken cancellationToken)
    {
        var hash = SignInCodes.Hash(token);
        var found = await database.ReadAsync(session => sessions.FindByTokenAsync(session, hash, cancellationToken), cancellationToken);
        if (found is null || !found.IsLiveAt(clock.GetUtcNow()))
            return new SessionFound.Unknown();
        return catalogs.Directory.Find(found.Person) is { } person
            ? new SessionFound.Live(found, person)
            : new SessionFound.Inactive(found);
    }

    /// <summary>One session by its id, ended ones too, whatever its reader: for the notice that tells of it. Null when there is none.</summary>
    public Task<PersonSession?> FindByIdAsync(string id, CancellationToken cancellationToken) =>
        database.ReadAsync(session => sessions.FindAsync(session, id, cancellationToken), cancellationToken);

    /// <summary>The live ones of a person, oldest first.</summary>
    /// <param name="person">Canonical e-mail.</param>
    public Task<IReadOnlyList<PersonSession>> ListAsync(string person, CancellationToken cancellationToken) =>
        database.ReadAsync(session => sessions.LiveOfAsync(session, person, clock.GetUtcNow(), cancellationToken), cancellationToken);
}
