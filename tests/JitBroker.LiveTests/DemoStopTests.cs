using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests;

/// <summary>The demo told to stop while it is still starting.</summary>
public sealed class DemoStopTests : IDisposable
{
    private const string Target = "jitbroker-demo-pg-*";
    private const string World = "jitbroker-demo-*";

    private readonly BrokerFolder _folder = BrokerFolder.Empty();

    [Theory]
    [InlineData("TERM", Target, "password")]
    [InlineData("INT", Target, "data/base")]
    [InlineData("TERM", Target, "log")]
    [InlineData("INT", World, "catalog.yaml")]
    [InlineData("TERM", World, "keys")]
    public async Task Wherever_its_start_is_it_stops_without_a_stack_trace_and_leaves_no_server_and_no_folder(string signal, string folder, string sign)
    {
        Assert.SkipUnless(folder == World || Environment.GetEnvironmentVariable("CI") is "true" || Directory.Exists("/usr/lib/postgresql"), "PostgreSQL is not installed: apt-get install postgresql-15.");
        // PostgreSQL runs as a user of its own, who has to get through.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.FolderPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await using var demo = RunningProgram.StartOurs("JitBroker.Server.dll", ["demo"], _folder.FolderPath, new Dictionary<string, string?>(StringComparer.Ordinal) { ["TMPDIR"] = _folder.FolderPath, ["KAFKA_HOME"] = null });
        await Eventually.TrueAsync(() => Task.FromResult(demo.HasExited || Left(folder).Any(f => Path.Exists(Path.Combine(f, sign)))), sign);

        await demo.SignalAsync(signal);
        var code = await demo.ExitAsync();

        Assert.True(code is 0 or 1, demo.Everything);
        Assert.Contains(demo.Errors, (string[])["", "Stopped before it was done.\n"]);
        Assert.DoesNotContain("   at ", demo.Output, StringComparison.Ordinal);
        Assert.Empty(Left(World));
        Assert.Empty(Running(_folder.FolderPath));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Left(string pattern) => Directory.GetDirectories(_folder.FolderPath, pattern);

    /// <summary>Command lines that name a folder.</summary>
    private static IEnumerable<string> Running(string folder)
    {
        foreach (var process in Directory.GetDirectories("/proc").Where(p => char.IsAsciiDigit(Path.GetFileName(p)[0])))
        {
            string line;
            try
            {
                line = File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
            }
            catch (IOException)
            {
                // It has ended since.
                continue;
            }

            if (line.Contains(folder, StringComparison.Ordinal))
                yield return line;
        }
    }
}
