using JitBroker.People.OnCall;

namespace JitBroker.People;

/// <summary>What is known of people beside the catalog, at one moment. Immutable, so that a use case that holds it sees one truth to its end.</summary>
public sealed record PeopleSources(OnCallNow OnCall)
{
    /// <summary>The catalog alone: no schedule has answered.</summary>
    public static PeopleSources None { get; } = new(OnCallNow.Nothing);
}
