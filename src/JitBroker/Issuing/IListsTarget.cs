namespace JitBroker.Issuing;

/// <summary>
/// Of an issuer whose target can be asked what stands there under our names: how the reconciler finds what was left behind. Looks only; changes nothing.
/// What it finds is ended through the stored handle of its lease, never by its name alone.
/// </summary>
public interface IListsTarget
{
    /// <summary>The catalog's <c>kind</c>.</summary>
    string Kind { get; }

    /// <summary>Lists what stands at the target. Never throws for a target that is away.</summary>
    Task<TargetListing> ListAsync(TargetToCheck target, CancellationToken cancellationToken);
}

/// <summary>What a look at a target gave.</summary>
public abstract record TargetListing
{
    private TargetListing()
    {
    }

    /// <summary>Everything there whose name looks like one of ours, in no order. An object that is missing here was not there.</summary>
    /// <param name="IsWhole">Every lease in use stands there as an object; false where a credential, such as a token, leaves none until it is used.</param>
    public sealed record Listed(IReadOnlyList<StandingObject> Objects, bool IsWhole = true) : TargetListing;

    /// <summary>The target did not answer, or not completely: nothing may be concluded from what is missing. <paramref name="Why"/> holds no secret.</summary>
    public sealed record Failed(string Why) : TargetListing;
}

/// <summary>One object at a target whose name looks like one of ours.</summary>
/// <param name="Name">Its name at the target, as it stands there.</param>
/// <param name="LeaseId">
/// The lease it was minted under, as a ULID in upper case, if name and marks are exactly what this issuer writes; null when somebody else made something similar.
/// Whether the broker knows that lease is not looked at here.
/// </param>
/// <param name="What">What it is, for people: "login role", "user", "ACLs of a user".</param>
public sealed record StandingObject(string Name, string? LeaseId, string What);
