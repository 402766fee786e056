using System.Runtime.InteropServices;

namespace JitBroker.Cli.Collecting;

/// <summary>Passes signals on to the child. One that comes while the child is being started is kept for it; one that comes after its end goes nowhere.</summary>
internal sealed class ChildSignals
{
    private const int SigInt = 2;
    private const int SigTerm = 15;
    private readonly Lock gate = new();
    private readonly List<PosixSignal> early = [];
    private int? child;
    private bool gone;

    public void Forward(PosixSignal signal)
    {
        // At a terminal the kernel gives Ctrl-C to the whole foreground group, the child included: a second one would be a second press.
        if (OperatingSystem.IsWindows() || (signal is PosixSignal.SIGINT && !Console.IsInputRedirected))
            return;
        lock (gate)
        {
            if (child is { } process && !gone)
                Send(process, signal);
            else if (child is null)
                early.Add(signal);
        }
    }

    public void Started(int process)
    {
        lock (gate)
        {
            child = process;
            early.ForEach(signal => Send(process, signal));
        }
    }

    public void Gone()
    {
        lock (gate)
            gone = true;
    }

    // Fails only when the child has just gone, which its exit code then tells.
    private static void Send(int process, PosixSignal signal) => _ = Kill(process, signal is PosixSignal.SIGINT ? SigInt : SigTerm);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
