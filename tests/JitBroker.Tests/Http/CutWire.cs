using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace JitBroker.Tests.Http;

/// <summary>A TCP wire on loopback that can be cut and mended.</summary>
internal sealed class CutWire : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _open = [];
    private readonly int _target;
    private readonly Task _accepting;
    private volatile bool _isCut;

    public CutWire(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut()
    {
        _isCut = true;
        while (_open.TryTake(out var client))
            client.Dispose();
    }

    public void Mend() => _isCut = false;

    public async ValueTask DisposeAsync()
    {
        Cut();
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync();
                if (_isCut)
                    near.Dispose();
                else
                    await JoinAsync(near);
            }
        }
        catch (SocketException)
        {
            // The listener was stopped.
            _isCut = true;
        }
        catch (ObjectDisposedException)
        {
            _isCut = true;
        }
    }

    private async Task JoinAsync(TcpClient near)
    {
        var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, _target);
        _open.Add(near);
        _open.Add(far);
        _ = CopyAsync(near, far);
        _ = CopyAsync(far, near);
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One end hung up: so does the other.
            to.Dispose();
            return;
        }

        to.Dispose();
    }
}
