using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace JitBroker.Tests.Storage;

/// <summary>A wire to a server on this machine that can be cut, with everything on it, and mended.</summary>
internal sealed class CutProxy : IAsyncDisposable
{
    private readonly int _server;
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private TcpListener _listener = new(IPAddress.Loopback, 0);
    private Task _accepting = Task.CompletedTask;

    public CutProxy(int server)
    {
        _server = server;
        Listen();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>Nobody is connected and nobody can connect any more.</summary>
    public async Task CutAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var client in _open.Keys)
            client.Dispose();
    }

    public void Mend()
    {
        _listener = new TcpListener(IPAddress.Loopback, Port);
        Listen();
    }

    public async ValueTask DisposeAsync() => await CutAsync();

    private void Listen()
    {
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = CarryAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // It was cut.
            listener.Dispose();
        }
    }

    private async Task CarryAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            (_open[near], _open[far]) = (true, true);
            try
            {
                await far.ConnectAsync(IPAddress.Loopback, _server);
                await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(near.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // One of the two has gone; the other goes with it.
                near.Close();
            }

            _open.TryRemove(near, out _);
            _open.TryRemove(far, out _);
        }
    }
}
