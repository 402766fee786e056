using System.Net;
using System.Net.Sockets;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>Ports below those that the system hands out by itself, each given once: a process may come back to its port after a crash.</summary>
internal static class Ports
{
    private static int _next = 15_000 + (Environment.ProcessId % 700 * 20);

    /// <summary>The first of <paramref name="count"/> in a row.</summary>
    public static int Take(int count = 1)
    {
        while (true)
        {
            var first = Interlocked.Add(ref _next, count) - count + 1;
            if (Enumerable.Range(first, count).All(IsFree))
                return first;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
