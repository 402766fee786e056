using System.Collections.Concurrent;
using System.Globalization;
using JitBroker.Storage;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>
/// Attack M1. A calm access is watched first: every point it passes is a place to die. Then, for each, an access is taken to that stretch, the broker is killed there (SIGKILL)
/// and started again, people go on as they would, and a checker that reads only the database, the target and the screens looks whether all rules hold.
/// Run by <c>tests/run --crash</c>, which prints the table; by hand it takes every so manieth point, or those that <c>JITBROKER_CRASH_ONLY</c> names words of.
/// </summary>
public sealed class CrashTableTests
{
    private const int ShortRun = 14;
    private const int Rigs = 3;
    private const int Tries = 3;

    private static readonly bool IsWhole = Environment.GetEnvironmentVariable("JITBROKER_CRASH_TABLE") is { Length: > 0 };

    private int _stories;

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Killed_at_each_crash_point_nothing_outlives_its_end_and_nothing_is_lost_or_doubled(string engineName)
    {
        var engine = engineName == "sqlite" ? Engine.Sqlite : Engine.Postgres;
        List<(Stretch, CrashPoint)> all;
        await using (var calm = await CrashRig.StartAsync(engine))
            all = await WatchAsync(calm);
        var only = Environment.GetEnvironmentVariable("JITBROKER_CRASH_ONLY");
        var chosen = only is { Length: > 0 } ? all.Where(k => $"{k.Item1} {k.Item2}".Contains(only, StringComparison.Ordinal)) : all.Where((_, i) => IsWhole || i % Math.Max(1, all.Count / ShortRun) == 0);
        var kills = new ConcurrentQueue<(Stretch, CrashPoint)>(chosen);
        var table = new CrashTable(engine);
        var failures = new ConcurrentQueue<string>();

        await Task.WhenAll(Enumerable.Range(0, IsWhole ? Rigs : 2).Select(_ => WorkAsync(engine, kills, table, failures)));

        if (IsWhole)
            await File.AppendAllTextAsync(Environment.GetEnvironmentVariable("JITBROKER_CRASH_TABLE")!, table + "\n", TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(table.ToString());
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures.Take(5)));
        Assert.True(table.Holes == 0, table.ToString());
    }

    /// <summary>Every point of every stretch; what is passed more than once, twice.</summary>
    private async Task<List<(Stretch, CrashPoint)>> WatchAsync(CrashRig rig)
    {
        var found = new List<(Stretch, CrashPoint)>();
        foreach (var expires in new[] { false, true })
        {
            var story = new CrashStory(rig, Interlocked.Increment(ref _stories), expires);
            foreach (var stretch in story.Way)
            {
                rig.ForgetPoints();
                await story.GoAsync(stretch);
                await rig.SettleAsync();
                if (!expires || stretch == Stretch.Expiry)
                    found.AddRange(rig.Reached().GroupBy(p => p, StringComparer.Ordinal).SelectMany(g => Enumerable.Range(1, Math.Min(2, g.Count())).Select(n => (stretch, new CrashPoint(g.Key, n)))));
            }

            await story.HoldsAsync();
        }

        return found;
    }

    private async Task WorkAsync(Engine engine, ConcurrentQueue<(Stretch Stretch, CrashPoint Point)> kills, CrashTable table, ConcurrentQueue<string> failures)
    {
        CrashRig? rig = null;
        while (kills.TryDequeue(out var kill))
        {
            rig ??= await CrashRig.StartAsync(engine);
            try
            {
                await KillAsync(rig, kill.Stretch, kill.Point, table);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                table.Failed(kill.Stretch, kill.Point);
                failures.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{engine}, {kill.Stretch}, killed {kill.Point}: {e.Message}\n{e.StackTrace}\n{LastOf(rig.Log)}"));
                // Whatever is left there must not disturb the next.
                await rig.DisposeAsync();
                rig = null;
            }
        }

        if (rig is not null)
            await rig.DisposeAsync();
    }

    private static string LastOf(string log) => string.Join('\n', log.Split('\n').TakeLast(25));

    /// <summary>A point that hangs on how things fall together is tried more than once; later with a process that knows nothing yet.</summary>
    private async Task KillAsync(CrashRig rig, Stretch killed, CrashPoint point, CrashTable table)
    {
        for (var left = Tries; left > 0; left--)
        {
            if (left < Tries)
                await rig.RestartAsync();
            var story = new CrashStory(rig, Interlocked.Increment(ref _stories), killed == Stretch.Expiry);
            var died = false;
            foreach (var stretch in story.Way)
            {
                if (stretch == killed)
                    rig.Arm(point);
                await story.GoAsync(stretch);
                await rig.SettleAsync();
                if (stretch == killed)
                    died = !rig.Disarm();
            }

            await story.HoldsAsync();
            if (!died)
                continue;
            table.Held(killed, point);
            return;
        }

        table.Missed(killed, point);
    }
}
