using System.Net;
using System.Net.Sockets;

namespace JitBroker.Benchmarks.Due;

/// <summary>A port on which connections are taken and nothing is ever said.</summary>
internal sealed class HangingTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<TcpClient> _kept = [];
    private readonly Task _taking;

    public HangingTarget()
    {
        _listener.Start(backlog: 512);
        _taking = TakeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How often somebody has tried.</summary>
    public int Calls { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _taking;
        _listener.Stop();
        _kept.ForEach(c => c.Dispose());
        _stop.Dispose();
    }

    private async Task TakeAsync()
    {
        try
        {
            while (true)
            {
                _kept.Add(await _listener.AcceptTcpClientAsync(_stop.Token));
                Calls++;
            }
        }
        catch (OperationCanceledException)
        {
            // The benchmark is over.
        }
    }
}
