using JitBroker.People.Linking;
using JitBroker.People.OnCall;
using JitBroker.People.Scim;

namespace JitBroker.People;

/// <summary>What is known of people beside the catalog, at one moment. Immutable, so that a use case that holds it sees one truth to its end.</summary>
public sealed record PeopleSources(OnCallNow OnCall, Roster Roster, Links Links)
{
    /// <summary>The catalog alone: no schedule has answered, nobody was pushed, no account linked.</summary>
    public static PeopleSources None { get; } = new(OnCallNow.Nothing, Roster.Empty, Links.None);
}

/// <summary>What this process knows of people beside the catalog: schedules as they were read last, and the database's rows, at most a second old (<see cref="ReloadPeople"/>).</summary>
public sealed class PeopleBook(OnCallBook onCall)
{
    private volatile Known _known = new(Roster.Empty, Links.None);

    public PeopleSources Now
    {
        get
        {
            var known = _known;
            return new PeopleSources(onCall.Now, known.Roster, known.Links);
        }
    }

    internal void Write(Roster roster, Links links) => _known = new Known(roster, links);

    private sealed record Known(Roster Roster, Links Links);
}
