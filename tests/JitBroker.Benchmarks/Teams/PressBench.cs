using System.Collections.Concurrent;
using System.Diagnostics;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Benchmarks.Teams;

/// <summary>
/// Open loop, as for Slack's acknowledgements: presses go out at their instants whether or not earlier ones were answered, and a latency is counted from that instant. Each press approves a
/// request of its own; each grant is collected at once, and that mint hangs.
/// </summary>
internal static class PressBench
{
    public const int PerSecond = 10;
    private const int WarmUpSeconds = 4;

    public static async Task<Presses> RunAsync(TeamsWorld world, Engine engine, BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        progress.Say($"{engine}: warming up");
        await SendAsync(world, await AskAsync(world, 0, WarmUpSeconds * PerSecond, cancellationToken), cancellationToken);
        var requests = await AskAsync(world, WarmUpSeconds * PerSecond, settings.Seconds * PerSecond, cancellationToken);
        progress.Say(FormattableString.Invariant($"{engine}: {PerSecond} presses a second for {settings.Seconds} s, {world.Issuer.Mints} mints hang"));
        var answers = await SendAsync(world, requests, cancellationToken);
        var decided = await world.Get<Database>().ReadAsync(session => session.FirstOrDefaultAsync<long>("select count(*) from requests where state = 'approved'", null, cancellationToken), cancellationToken);
        return new Presses([.. answers.Select(a => a.Latency)], answers.Count(a => !a.IsAnswered), (int)decided, world.Issuer.Mints);
    }

    private static async Task<IReadOnlyList<string>> AskAsync(TeamsWorld world, int first, int count, CancellationToken cancellationToken)
    {
        var ids = new List<string>();
        for (var turn = first; turn < first + count; turn++)
        {
            var order = new SubmitOrder(BenchCatalog.Hanging, false, TimeSpan.FromMinutes(30), "INC-42 payments are slow");
            var asked = await world.Get<SubmitRequest>().HandleAsync(new Actor(BenchCatalog.Asker(turn), Surface.Api, "bench"), order, null, cancellationToken);
            ids.Add(asked.Value?.Requests[0].Id ?? throw new InvalidOperationException(asked.Refusal!.Text));
        }

        return ids;
    }

    private static async Task<IReadOnlyCollection<(TimeSpan Latency, bool IsAnswered)>> SendAsync(TeamsWorld world, IReadOnlyList<string> requests, CancellationToken cancellationToken)
    {
        var answers = new ConcurrentBag<(TimeSpan, bool)>();
        var watch = Stopwatch.StartNew();
        var sent = new List<Task>();
        for (var i = 0; i < requests.Count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond);
            if (due > watch.Elapsed)
                await Task.Delay(due - watch.Elapsed, cancellationToken);
            var (turn, request) = (i, requests[i]);
            sent.Add(Task.Run(
                async () =>
                {
                    var isAnswered = await world.PressAsync(BenchCatalog.Approver(turn), "approve", request, cancellationToken);
                    answers.Add((watch.Elapsed - due, isAnswered));
                    _ = CollectAsync(world, request, cancellationToken);
                },
                cancellationToken));
        }

        await Task.WhenAll(sent);
        return answers;
    }

    /// <summary>Never returns where the request was approved, since that target hangs.</summary>
    private static async Task CollectAsync(TeamsWorld world, string request, CancellationToken cancellationToken)
    {
        var grant = await world.Get<Database>().ReadAsync(session => world.Get<GrantStore>().FindByRequestAsync(session, request, cancellationToken), cancellationToken);
        if (grant is not null)
            await world.Get<MintLease>().HandleAsync(new Actor(new Person(grant.Holder, grant.Holder), Surface.Api, "bench"), grant.Id, cancellationToken);
    }
}
