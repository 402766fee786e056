using System.Net;
using System.Net.Sockets;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>Ports below those that the system hands out by itself, each given once: a process may come back to its port after a crash.</summary>
internal static class Ports
{
    private static int _next = 15_000 + (Environment.ProcessId % 700 * 20);

    public static int Take()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _next);
            if (IsFree(port))
                return port;
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
