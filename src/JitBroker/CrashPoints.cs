using System.Diagnostics;
using System.Globalization;

namespace JitBroker;

/// <summary>
/// The instants between which a process may die: before and after each commit that changed something, each call to a target or to chat, each answer and acknowledgement. Tests have it
/// killed there and look what is left (rules 1, 2, 12). They exist only when <c>Broker:AllowTestEndpoints</c> is on and <see cref="Variable"/> names a folder; nothing that
/// comes over the network can reach them.
/// <para>
/// The folder's file <c>reached</c> gets a line for each point passed. Its file <c>armed</c> holds <c>NAME#N</c>: the process is killed, as by SIGKILL, when it
/// reaches NAME for the Nth time since then; the file is removed first, so that the next process lives.
/// </para>
/// </summary>
public sealed class CrashPoints
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "JITBROKER_CRASH_POINTS";

    private readonly Lock _lock = new();
    private readonly string? _folder;
    private string _armed = "";
    private int _passed;

    private CrashPoints(string? folder) => _folder = folder;

    /// <summary>What everybody has outside such tests: nothing happens anywhere.</summary>
    public static CrashPoints None { get; } = new(null);

    public bool AreOn => _folder is not null;

    /// <param name="allowTestEndpoints">The setting; without it the variable is not looked at.</param>
    public static CrashPoints FromEnvironment(bool allowTestEndpoints) =>
        allowTestEndpoints && Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? new CrashPoints(folder) : None;

    /// <summary>Here it may die. Does not come back if it is to.</summary>
    public void Reach(string moment, string what)
    {
        if (_folder is null)
            return;
        var point = $"{moment} {what}";
        lock (_lock)
        {
            File.AppendAllText(Path.Combine(_folder, "reached"), point + "\n");
            if (IsDue(point))
                Die();
        }
    }

    /// <summary>One effect between its two points.</summary>
    public async Task<T> AroundAsync<T>(string what, Func<Task<T>> effect)
    {
        Reach("before", what);
        var result = await effect();
        Reach("after", what);
        return result;
    }

    private bool IsDue(string point)
    {
        var file = Path.Combine(_folder!, "armed");
        var armed = Read(file);
        if (armed != _armed)
            (_armed, _passed) = (armed, 0);
        if (armed.Split('#') is not [var name, var count] || name != point || ++_passed < int.Parse(count, CultureInfo.InvariantCulture))
            return false;
        File.Delete(file);
        return true;
    }

    /// <summary>Empty when it is not armed, or disarmed at this very instant.</summary>
    private static string Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : "";
        }
        catch (FileNotFoundException)
        {
            return "";
        }
    }

    private static void Die()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
        // The signal is on its way: this thread goes no further.
        using var never = new ManualResetEventSlim();
        never.Wait(Timeout.InfiniteTimeSpan);
    }
}
