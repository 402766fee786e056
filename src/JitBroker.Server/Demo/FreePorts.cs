using System.Net;
using System.Net.Sockets;

namespace JitBroker.Server.Demo;

/// <summary>Ports of loopback that are free now, and different.</summary>
internal static class FreePorts
{
    public static int[] Take(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(l => l.Start());
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        listeners.ForEach(l => l.Dispose());
        return ports;
    }

    /// <summary>The first of two in a row.</summary>
    public static int TakePair()
    {
        while (true)
        {
            var first = Take(1)[0];
            try
            {
                using var next = new TcpListener(IPAddress.Loopback, first + 1);
                next.Start();
                return first;
            }
            catch (SocketException)
            {
                continue;
            }
        }
    }
}
