using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using JitBroker.Cli.Running;

namespace JitBroker.Cli.Collecting;

/// <summary>A command to run. <see cref="ToString"/> names the command alone: its environment is secret.</summary>
internal sealed record Child(string Command, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Cleared)
{
    public override string ToString() => Command;
}

/// <summary>Runs children; a test may look on instead.</summary>
internal interface IChildRunner
{
    /// <summary>Whether the command is there to be run.</summary>
    bool Exists(string command, string? path, string workingDirectory);

    /// <summary>Runs the child with this process's own input and output; its exit code, 128 + the signal when one killed it.</summary>
    Task<int> RunAsync(Child child, Interrupts interrupts);
}

/// <summary>Real children of this process.</summary>
internal sealed class ChildRunner : IChildRunner
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    public bool Exists(string command, string? path, string workingDirectory)
    {
        if (command.Contains('/', StringComparison.Ordinal) || OperatingSystem.IsWindows())
            return OperatingSystem.IsWindows() || Runs(Path.Combine(workingDirectory, command));
        return (path ?? "/usr/local/bin:/usr/bin:/bin").Split(':').Any(directory => Runs(Path.Combine(workingDirectory, directory, command)));
    }

    public async Task<int> RunAsync(Child child, Interrupts interrupts)
    {
        using var process = new Process { StartInfo = Start(child) };
        using var signals = interrupts.HandTo(signal => Forward(process, signal));
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            throw new UsageFaultException($"'{child.Command}' could not be started: {fault.Message}.");
        }

        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static ProcessStartInfo Start(Child child)
    {
        var start = new ProcessStartInfo(child.Command, child.Arguments) { UseShellExecute = false };
        foreach (var name in child.Cleared)
            start.Environment.Remove(name);
        foreach (var (name, value) in child.Environment)
            start.Environment[name] = value;
        return start;
    }

    private static bool Runs(string file) => File.Exists(file)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != UnixFileMode.None);

    private static void Forward(Process process, PosixSignal signal)
    {
        // At a terminal the kernel gives Ctrl-C to the whole foreground group, the child included: a second one would be a second press.
        if (OperatingSystem.IsWindows() || (signal is PosixSignal.SIGINT && !Console.IsInputRedirected))
            return;
        try
        {
            _ = Kill(process.Id, signal is PosixSignal.SIGINT ? SigInt : SigTerm);
        }
        catch (InvalidOperationException)
        {
            // Not started yet, or gone already: there is nobody to tell.
            return;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
