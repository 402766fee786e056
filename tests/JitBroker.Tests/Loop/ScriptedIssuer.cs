using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Tests.Loop;

/// <summary>
/// An issuer of kind <c>http</c> with a target in memory that a test can watch and break: what stands at the target is a set of names, one per lease.
/// </summary>
public class ScriptedIssuer : IIssuer, IListsTarget
{
    private readonly ConcurrentDictionary<string, bool> _standing = new(StringComparer.Ordinal);
    private int _mints;
    private int _ends;
    private int _lists;

    public string Kind => "http";

    public EarlyEnd EarlyEnd { get; set; } = EarlyEnd.Immediate;

    public TimeSpan Within { get; set; } = TimeSpan.Zero;

    /// <summary>Runs before the name stands; may throw, wait or answer in its place.</summary>
    public Func<IssueOrder, CancellationToken, Task<MintOutcome?>> BeforeMint { get; set; } = static (_, _) => Task.FromResult<MintOutcome?>(null);

    /// <summary>Runs before the name goes; may throw, wait or answer in its place.</summary>
    public Func<RevocationHandle, CancellationToken, Task<EndOutcome?>> BeforeEnd { get; set; } = static (_, _) => Task.FromResult<EndOutcome?>(null);

    /// <summary>Runs before it says what stands; may throw, wait or answer in its place.</summary>
    public Func<CancellationToken, Task<TargetListing?>> BeforeList { get; set; } = static _ => Task.FromResult<TargetListing?>(null);

    /// <summary>What a lease's work touches beside its own name.</summary>
    public Func<IssueOrder, string?> PrincipalOf { get; set; } = static _ => null;

    /// <summary>What somebody else made there.</summary>
    public List<StandingObject> Others { get; } = [];

    /// <summary>Names at the target: what anybody could still use.</summary>
    public ICollection<string> Standing => _standing.Keys;

    public int Mints => _mints;

    public int Ends => _ends;

    public int Lists => _lists;

    /// <summary>A lease's name stands, whoever made it stand.</summary>
    public void Appear(string leaseId) => _standing[NameOf(leaseId)] = true;

    /// <summary>A lease's name is gone, whoever removed it.</summary>
    public void Vanish(string leaseId) => _standing.TryRemove(NameOf(leaseId), out _);

    public Revocability RevocabilityOf(IssueOrder order) => new(EndBound.Broker, EarlyEnd, Within, TimeSpan.FromSeconds(2), "Removed at the target, verified.");

    public MintPlan Plan(IssueOrder order) =>
        new(new RevocationHandle(Kind, order.Issuer, EarlyEnd, Within, TimeSpan.FromSeconds(2), new JsonObject { ["name"] = Name(order) }, PrincipalOf(order)), order.EndsAt);

    public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _mints);
        if (await BeforeMint(order, cancellationToken) is { } instead)
            return instead;
        _standing[Name(order)] = true;
        return new MintOutcome.Minted(new Credential(Kind, new JsonObject { ["token"] = "secret-of-" + Name(order) }));
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _ends);
        if (await BeforeEnd(handle, cancellationToken) is { } instead)
            return instead;
        return new EndOutcome.Ended(_standing.TryRemove((string)handle.Data["name"]!, out _));
    }

    public async Task<TargetListing> ListAsync(TargetToCheck target, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _lists);
        return await BeforeList(cancellationToken) ?? new TargetListing.Listed([.. _standing.Keys.Select(n => new StandingObject(n, n["jit-".Length..].ToUpperInvariant(), "user")), .. Others]);
    }

    private static string Name(IssueOrder order) => NameOf(order.LeaseId);

    private static string NameOf(string leaseId) => "jit-" + leaseId.ToLowerInvariant();
}
