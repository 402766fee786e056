using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>A target that something is the matter with, and how many ends wait there.</summary>
public sealed record TroubledTarget
{
    public required string Target { get; init; }

    public required int Version { get; init; }

    public required int Failures { get; init; }

    public DateTimeOffset? PausedSince { get; init; }

    public DateTimeOffset? DeniedSince { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public string? LastError { get; init; }

    public required long Waiting { get; init; }
}

/// <summary>All of them, by name.</summary>
public sealed record TroubledTargetList(IReadOnlyList<TroubledTarget> Items);

/// <summary>Targets that are paused, that asked for patience, or that deny the broker. For operators, admins and auditors.</summary>
public sealed class TroubledTargets(Database database, LaneStore lanes, CatalogHolder catalogs, TimeProvider clock)
{
    private const int Most = 200;

    public async Task<Outcome<TroubledTargetList>> ListAsync(Actor actor, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        if (!new[] { Rights.Operator, Rights.Admin, Rights.Auditor }.Any(role => directory.HasRole(role, actor.Email)))
            return new Refusal(Codes.Forbidden, "How targets behave is shown to operators, admins and auditors.");
        var now = clock.GetUtcNow();
        return new TroubledTargetList(await database.ReadAsync(session => lanes.TroubledAsync(session, now, Most, cancellationToken), cancellationToken));
    }
}
