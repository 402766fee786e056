using System.Collections.Concurrent;
using System.Globalization;
using JitBroker.Storage;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>One death: on this stretch, at this point.</summary>
internal sealed record Kill(Stretch Stretch, CrashPoint Point)
{
    public override string ToString() => $"{Stretch} {Point}";
}

/// <summary>
/// Attack M1. A calm access is watched first: every point it passes is a place to die. Then, for each, an access is taken to that stretch, the broker is killed there
/// (SIGKILL) and started again, people go on as they would, and <see cref="Rules"/> look whether everything holds.
/// </summary>
/// <param name="progress">Is told of each kill as it is judged; a whole table takes long.</param>
internal sealed class Kills(Engine engine, Action<string>? progress = null)
{
    /// <summary>Of which most kills need one. Which of two sweeps comes to a lease first, when it and its grant end together, is a toss-up.</summary>
    private const int Tries = 12;

    /// <summary>A clock and not the access brings the broker there; the first start and the rotation pass by each of them.</summary>
    private static readonly string[] OfTheClock = ["TakeCheckpoints", "AnchorFile", "Pruning", "SigningKeyStore", "chat auth.test", "chat apps.connections.open"];

    private readonly CrashTable _table = new(engine, progress);
    private readonly ConcurrentQueue<string> _failures = new();
    private int _stories;

    public CrashTable Table => _table;

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>Every point of every stretch; what is passed more than once, at its first passings.</summary>
    public async Task<IReadOnlyList<Kill>> WatchAsync(IReadOnlyCollection<Stretch> stretches)
    {
        var found = new List<Kill>();
        await using (var rig = await CrashRig.StartAsync(engine))
            foreach (var last in new[] { Stretch.Done, Stretch.Expiry, Stretch.Overdue, Stretch.Token, Stretch.Extend, Stretch.Review, Stretch.Reload, Stretch.Rotate }.Where(l => stretches.Any(s => LastOf(s) == l)))
                found.AddRange(await WatchAsync(rig, last));
        if (stretches.Contains(Stretch.Start))
        {
            await using var rig = await CrashRig.PrepareAsync(engine);
            found.AddRange(await WatchAsync(rig, Stretch.Start));
        }

        if (stretches.Contains(Stretch.Socket))
        {
            await using var rig = await CrashRig.StartAsync(engine, sockets: true);
            found.AddRange(await WatchAsync(rig, Stretch.Socket));
        }

        return [.. found.Where(k => stretches.Contains(k.Stretch))];
    }

    /// <summary>Makes the kills, several brokers side by side, and notes what came of each.</summary>
    public async Task RunAsync(IReadOnlyList<Kill> kills, int rigs)
    {
        // Those over sockets last: they need another kind of broker. First passings first: they say the most.
        var queue = new ConcurrentQueue<Kill>(kills.OrderBy(k => k.Stretch == Stretch.Socket).ThenBy(k => k.Point.Nth > 1));
        await Task.WhenAll(Enumerable.Range(0, rigs).Select(_ => WorkAsync(queue)));
    }

    private async Task<IEnumerable<Kill>> WatchAsync(CrashRig rig, Stretch last)
    {
        var story = NewStory(rig, last);
        var found = new List<Kill>();
        foreach (var stretch in story.Way)
        {
            rig.ForgetPoints();
            await story.GoAsync(stretch);
            await rig.SettleAsync();
            if (LastOf(stretch) == last)
                found.AddRange(rig.Reached().Where(p => Belongs(p, stretch)).GroupBy(p => p, StringComparer.Ordinal).SelectMany(g => Enumerable.Range(1, Math.Min(MostOf(stretch), g.Count())).Select(n => new Kill(stretch, new CrashPoint(g.Key, n)))));
        }

        await story.HoldsAsync();
        return found;
    }

    /// <summary>The story that shows a stretch: the first four are those of an access that its holder gives back.</summary>
    private static Stretch LastOf(Stretch stretch) => stretch switch
    {
        Stretch.Submit or Stretch.Decide or Stretch.Collect => Stretch.Done,
        Stretch.Emergency => Stretch.Review,
        _ => stretch,
    };

    /// <summary>What a stretch adds to those before it is killed there; what they have in common, once.</summary>
    private static bool Belongs(string point, Stretch stretch) => stretch switch
    {
        Stretch.Start => true,
        Stretch.Socket => point.Contains("acknowledgement", StringComparison.Ordinal) || point.Contains("apps.connections", StringComparison.Ordinal),
        Stretch.Rotate => point.Contains("SigningKeyStore", StringComparison.Ordinal),
        Stretch.Overdue => point.Contains("MoveOverdueLeases", StringComparison.Ordinal) || point.Contains(" at postgres", StringComparison.Ordinal) || point.Contains("RecordEnds", StringComparison.Ordinal),
        Stretch.Token => point.Contains(" at jwt", StringComparison.Ordinal) || point.Contains("RevokeLease", StringComparison.Ordinal) || point.Contains("MintLease", StringComparison.Ordinal),
        Stretch.Extend => point.Contains("Extension", StringComparison.Ordinal) || point.Contains("DecideRequest", StringComparison.Ordinal) || point.Contains("rolong", StringComparison.Ordinal),
        Stretch.Emergency => point.Contains("TakeBreakGlass", StringComparison.Ordinal) || point.Contains(" answer to ", StringComparison.Ordinal) || point.Contains("chat.postMessage", StringComparison.Ordinal) || point.Contains("DeliverOutbox", StringComparison.Ordinal),
        Stretch.Review => point.Contains("ReviewGrant", StringComparison.Ordinal) || point.Contains("chat chat.", StringComparison.Ordinal),
        Stretch.Reload => point.Contains("Catalog", StringComparison.Ordinal) || point.Contains("EndGrant", StringComparison.Ordinal) || point.Contains("RevokeLease", StringComparison.Ordinal),
        _ => !OfTheClock.Any(c => point.Contains(c, StringComparison.Ordinal)),
    };

    /// <summary>How many passings of one point are different places to die.</summary>
    private static int MostOf(Stretch stretch) => stretch switch { Stretch.Start => 12, Stretch.Socket => 4, _ => 2 };

    private IStory NewStory(CrashRig rig, Stretch last)
    {
        var number = Interlocked.Increment(ref _stories);
        return last switch
        {
            Stretch.Start => new StartStory(rig),
            Stretch.Rotate => new RotationStory(rig, number),
            Stretch.Overdue => new OverdueStory(rig, number),
            Stretch.Extend => new ExtensionStory(rig, number),
            Stretch.Review => new EmergencyStory(rig, number),
            _ => new AccessStory(rig, number, last),
        };
    }

    private async Task WorkAsync(ConcurrentQueue<Kill> kills)
    {
        CrashRig? rig = null;
        var isSocket = false;
        while (kills.TryDequeue(out var kill))
        {
            try
            {
                if (kill.Stretch == Stretch.Start || isSocket != (kill.Stretch == Stretch.Socket))
                    rig = await DiscardAsync(rig);
                isSocket = kill.Stretch == Stretch.Socket;
                rig ??= kill.Stretch == Stretch.Start ? await CrashRig.PrepareAsync(engine) : await CrashRig.StartAsync(engine, isSocket);
                await KillAsync(rig, kill);
                if (kill.Stretch == Stretch.Start)
                    rig = await DiscardAsync(rig);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _table.Failed(kill.Stretch, kill.Point);
                var failure = string.Create(CultureInfo.InvariantCulture, $"{engine}, {kill}: {e.Message}\n{e.StackTrace}\n{Tail(rig?.Log ?? "")}");
                _failures.Enqueue(failure);
                progress?.Invoke(failure);
                // Whatever is left there must not disturb the next.
                rig = await DiscardAsync(rig);
            }
        }

        await DiscardAsync(rig);
    }

    private static async Task<CrashRig?> DiscardAsync(CrashRig? rig)
    {
        if (rig is not null)
            await rig.DisposeAsync();
        return null;
    }

    private static string Tail(string log) => string.Join('\n', log.Split('\n').TakeLast(25));

    /// <summary>A point that hangs on how things fall together is tried more than once; later with a process that knows nothing yet.</summary>
    private async Task KillAsync(CrashRig rig, Kill kill)
    {
        var tries = kill.Stretch == Stretch.Start ? 1 : Tries;
        for (var left = tries; left > 0; left--)
        {
            if (left < tries)
                await rig.RestartAsync();
            if (await DiesAsync(rig, kill))
            {
                _table.Held(kill.Stretch, kill.Point);
                return;
            }
        }

        _table.Missed(kill.Stretch, kill.Point);
    }

    /// <returns>False when it did not come by there.</returns>
    private async Task<bool> DiesAsync(CrashRig rig, Kill kill)
    {
        var story = NewStory(rig, LastOf(kill.Stretch));
        var died = false;
        foreach (var stretch in story.Way)
        {
            if (stretch != kill.Stretch)
            {
                await story.GoAsync(stretch);
                continue;
            }

            if (stretch != story.Way[0])
                await rig.SettleAsync();
            rig.Arm(kill.Point);
            await story.GoAsync(stretch);
            await rig.SettleAsync();
            died = !rig.Disarm();
        }

        await story.HoldsAsync();
        return died;
    }
}
