using System.Runtime.InteropServices;

namespace JitBroker.Tests.Catalog;

/// <summary>What this thread alone has used of the processor, so that a figure holds on a machine that is busy with other tests.</summary>
internal static class ProcessorTime
{
    private const int ThreadClock = 3;

    public static TimeSpan OfThisThread()
    {
        Assert.Equal(0, ClockGetTime(ThreadClock, out var time));
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1_000);
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Timespec
    {
        public readonly long Seconds;

        public readonly long Nanoseconds;
    }
}
