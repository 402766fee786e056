using System.Collections.Concurrent;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Benchmarks.Ack;

/// <summary>
/// What people do in a busy quarter of an hour while a target hangs: they ask, approve, look, and end; each grant is collected at once, and each of those
/// mints hangs, as does each end.
/// </summary>
internal sealed class Traffic(AckWorld world, SignedDeliveries deliveries) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentQueue<string> _pending = new();
    private readonly ConcurrentQueue<Grant> _active = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _collections = [];
    private readonly CancellationTokenSource _stop = new();
    private Task _looking = Task.CompletedTask;

    public void Start() => _looking = Task.Run(LookAsync);

    /// <summary>Sends the next delivery. Returns whether it was acknowledged.</summary>
    public Task<bool> SendAsync(int turn, CancellationToken cancellationToken) => (turn % 4) switch
    {
        0 => deliveries.CommandAsync(BenchCatalog.Asker(turn / 4), $"request {BenchCatalog.Hanging} 30m INC-42 payments are slow", cancellationToken),
        1 when _pending.TryDequeue(out var request) => deliveries.PressAsync(BenchCatalog.Approver(turn / 4), "approve", request, cancellationToken),
        2 when _active.TryDequeue(out var grant) => deliveries.CommandAsync(HolderOf(grant), $"done {grant.Id}", cancellationToken),
        _ => deliveries.CommandAsync(BenchCatalog.Asker(turn), "mine", cancellationToken),
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        await Task.WhenAll(_collections);
        _stop.Dispose();
    }

    /// <summary>Looks for new requests and grants, as a person would see their cards, and collects from the grants.</summary>
    private async Task LookAsync()
    {
        var database = world.Get<Database>();
        try
        {
            while (true)
            {
                var (requests, grants) = await database.ReadAsync(ReadAsync, _stop.Token);
                foreach (var request in requests.Where(r => _seen.Add(r.Id)).Reverse())
                    _pending.Enqueue(request.Id);
                foreach (var grant in grants.Where(g => _seen.Add(g.Id)).Reverse())
                    Collect(grant);
                await Task.Delay(LookEvery, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task<(IReadOnlyList<Request> Requests, IReadOnlyList<Grant> Grants)> ReadAsync(Session session) =>
        (await world.Get<RequestStore>().PageAsync(session, null, "pending", null, 50, _stop.Token),
         await world.Get<GrantStore>().PageAsync(session, null, "active", null, 50, _stop.Token));

    private void Collect(Grant grant)
    {
        _collections.Add(Task.Run(() => CollectAsync(grant)));
        _active.Enqueue(grant);
    }

    private async Task CollectAsync(Grant grant)
    {
        try
        {
            await world.Get<MintLease>().HandleAsync(new Actor(HolderOf(grant), Surface.Api, "bench"), grant.Id, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The measuring is over.
            return;
        }
    }

    private static Person HolderOf(Grant grant) => new(grant.Holder, grant.Holder.Split('@')[0]);
}
