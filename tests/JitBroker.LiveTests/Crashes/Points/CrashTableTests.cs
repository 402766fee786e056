using JitBroker.Storage;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>
/// The whole of attack M1. Run by <c>tests/run --crash</c>, which prints the table; by hand with <c>JITBROKER_CRASH_TABLE</c> naming a file for it, and <c>JITBROKER_CRASH_ONLY</c>
/// words of the kills that are wanted, such as <c>Postgres</c> or <c>Done before commit</c>. Beside the table a <c>.log</c> grows as it goes.
/// </summary>
public sealed class CrashTableTests
{
    /// <summary>Brokers side by side: they wait more than they work.</summary>
    private const int Rigs = 4;

    private static readonly Lock _writing = new();

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Killed_at_each_crash_point_nothing_outlives_its_end_and_nothing_is_lost_or_doubled(string engineName)
    {
        var file = Environment.GetEnvironmentVariable("JITBROKER_CRASH_TABLE") ?? "";
        var only = Environment.GetEnvironmentVariable("JITBROKER_CRASH_ONLY") ?? "";
        var engine = engineName == "sqlite" ? Engine.Sqlite : Engine.Postgres;
        Assert.SkipWhen(Enum.GetNames<Engine>().Any(e => e != engine.ToString() && only.Contains(e, StringComparison.Ordinal)), $"JITBROKER_CRASH_ONLY is {only}.");
        var kills = new Kills(engine, line => Append(file + ".log", line));
        var named = Enum.GetValues<Stretch>().Where(s => only.Contains(s.ToString(), StringComparison.Ordinal)).ToList();
        var all = await kills.WatchAsync(named.Count > 0 ? named : Enum.GetValues<Stretch>());

        await kills.RunAsync([.. all.Where(k => $"{engine} {k}".Contains(only, StringComparison.Ordinal))], Rigs);

        Append(file, kills.Table.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine(kills.Table.ToString());
        Assert.True(kills.Failures.Count == 0, string.Join("\n\n", kills.Failures.Take(5)));
        Assert.True(kills.Table.Holes == 0, kills.Table.ToString());
    }

    private static void Append(string file, string text)
    {
        if (Path.GetFileName(file) is { Length: > 0 } name && name[0] != '.')
            lock (_writing)
                File.AppendAllText(file, text + "\n");
    }
}
