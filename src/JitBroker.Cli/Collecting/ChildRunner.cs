using System.ComponentModel;
using System.Diagnostics;
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
    public bool Exists(string command, string? path, string workingDirectory)
    {
        if (command.Contains('/', StringComparison.Ordinal) || OperatingSystem.IsWindows())
            return OperatingSystem.IsWindows() || Runs(Path.Combine(workingDirectory, command));
        return (path ?? "/usr/local/bin:/usr/bin:/bin").Split(':').Any(directory => Runs(Path.Combine(workingDirectory, directory, command)));
    }

    public async Task<int> RunAsync(Child child, Interrupts interrupts)
    {
        using var process = new Process { StartInfo = Start(child) };
        var signals = new ChildSignals();
        using var handover = interrupts.HandTo(signals.Forward);
        try
        {
            process.Start();
        }
        catch (Win32Exception fault)
        {
            throw new UsageFaultException($"'{child.Command}' could not be started: {fault.Message}.");
        }

        signals.Started(process.Id);
        await process.WaitForExitAsync();
        signals.Gone();
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
}
