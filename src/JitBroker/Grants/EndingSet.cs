using JitBroker.Audit;
using JitBroker.Leases;

namespace JitBroker.Grants;

/// <summary>
/// What one transaction moves towards the end: grants, their leases, and what is written down and shown of it. Collected first and written in sets
/// (<see cref="EndGrant.SaveAsync"/>), since thousands may fall due within a second and a statement costs more than a row.
/// </summary>
internal sealed class EndingSet
{
    private readonly Dictionary<string, GrantMove> _grants = new(StringComparer.Ordinal);
    private readonly List<LeaseMove> _leases = [];
    private readonly List<AuditEvent> _events = [];
    private readonly HashSet<string> _requests = new(StringComparer.Ordinal);

    public IReadOnlyCollection<GrantMove> Grants => _grants.Values;

    public IReadOnlyCollection<LeaseMove> Leases => _leases;

    public IReadOnlyCollection<AuditEvent> Events => _events;

    /// <summary>Ids of the requests whose cards show something else now.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <param name="before">Under its lock; what an earlier call made of it, if there was one.</param>
    /// <exception cref="InvalidOperationException"><see cref="GrantLifecycle"/> does not allow it: a bug.</exception>
    public void Move(Grant before, Grant after, AuditEvent happened)
    {
        _grants[before.Id] = _grants.TryGetValue(before.Id, out var earlier) ? earlier.Then(after) : new GrantMove(before, after);
        _events.Add(happened);
        Show(after.RequestId);
    }

    /// <summary>The cards of this request show something else now.</summary>
    public void Show(string requestId) => _requests.Add(requestId);

    /// <param name="move">Of a lease that was read under the lock of its grant.</param>
    public void Move(LeaseMove move)
    {
        _leases.Add(move);
        _events.Add(move.Happened);
    }
}
