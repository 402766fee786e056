using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace JitBroker.Tests.Kafka;

/// <summary>
/// One broker of a <see cref="FakeCluster"/>, over a real socket: the calls that the issuer makes and a fetch, with a login asked for as Kafka does. It can be told to
/// refuse, to be slow, to hang up, to lie.
/// </summary>
internal sealed partial class FakeBroker : IAsyncDisposable
{
    private static readonly HashSet<int> Flexible = [18, 36, 3, 50, 51, 29, 30, 31];

    private readonly FakeCluster _cluster;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private Task _accepting = Task.CompletedTask;
    private int _connections;

    public FakeBroker(FakeCluster cluster, int id = 1)
    {
        _cluster = cluster;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        cluster.Live.Add((id, "127.0.0.1", Port));
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public X509Certificate2? Certificate { get; init; }

    /// <summary>An error in the answer to a call of that key; 0 for none.</summary>
    public Func<int, int> ErrorOf { get; set; } = _ => 0;

    /// <summary>The last word on the bytes of an answer to a call of that key, length before it included; null hangs up.</summary>
    public Func<int, byte[], byte[]?> Sent { get; set; } = (_, frame) => frame;

    /// <summary>Whether a call of that key is left without an answer.</summary>
    public Func<int, bool> IsSilent { get; set; } = _ => false;

    /// <summary>Whether a look by a call of that key finds nothing, as long as the server has not heard from its controller.</summary>
    public Func<int, bool> IsBehind { get; set; } = _ => false;

    /// <summary>What the answer to a call of that key waits for, once the call is done.</summary>
    public Func<int, Task> Waits { get; set; } = _ => Task.CompletedTask;

    public int ThrottleMs { get; set; }

    public long LifetimeMs { get; set; }

    /// <summary>A server that does not know the password it should.</summary>
    public bool IsImpostor { get; set; }

    public bool Knows18Only0 { get; set; }

    /// <summary>Keys of the calls that came, in order.</summary>
    public ConcurrentQueue<int> Calls { get; } = new();

    /// <summary>Every byte that came after the logins.</summary>
    public ConcurrentQueue<byte[]> Requests { get; } = new();

    public int Connections => _connections;

    public void HangUp()
    {
        while (_clients.TryTake(out var client))
            client.Dispose();
    }

    /// <summary>Says no more on the connections that there are, and goes on listening to them.</summary>
    public void HalfClose()
    {
        foreach (var client in _clients)
            client.Client.Shutdown(SocketShutdown.Send);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        _listener.Stop();
        HangUp();
        _cluster.Live.RemoveAll(l => l.Port == Port);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _clients.Add(client);
            Interlocked.Increment(ref _connections);
            _ = ServeAsync(client).ContinueWith(static done => _ = done.Exception, TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var held = client;
        Stream stream = client.GetStream();
        if (Certificate is not null)
        {
            var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(Certificate);
            stream = secured;
        }

        var visitor = new Visitor();
        var head = new byte[4];
        while (true)
        {
            await stream.ReadExactlyAsync(head, _stop.Token);
            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
            await stream.ReadExactlyAsync(frame, _stop.Token);
            var request = new BytesIn(frame);
            var (key, version, correlation) = (request.I16(), request.I16(), request.I32());
            request.Str();
            Calls.Enqueue(key);
            if (visitor.User is not null)
                Requests.Enqueue(frame);
            if (IsSilent(key))
                continue;
            var answer = new BytesOut().I32(correlation);
            if (Flexible.Contains(key) && (version > 0 || key is 50 or 51))
                request.Tags();
            if (Flexible.Contains(key) && key != 18)
                answer.NoTags();
            Answer(key, version, request, answer, visitor);
            await Waits(key);
            if (Sent(key, answer.Framed()) is not { } bytes)
                return;
            await stream.WriteAsync(bytes, _stop.Token);
        }
    }

    private void Answer(int key, int version, BytesIn request, BytesOut answer, Visitor visitor)
    {
        // Kafka hangs up on whom it has not let in and asks for more than a login.
        if (visitor.User is null && key is not (18 or 17 or 36))
            throw new IOException();
        var error = ErrorOf(key);
        Action act = key switch
        {
            18 => () => Versions(version, answer, error),
            17 => () => Handshake(request, answer, visitor),
            36 => () => Authenticate(request, answer, visitor),
            3 => () => Metadata(request, answer),
            50 => () => DescribeLogins(request, answer, error),
            51 => () => AlterLogins(request, answer, error),
            29 => () => DescribeAcls(request, answer, error),
            30 => () => CreateAcls(request, answer, error),
            31 => () => DeleteAcls(request, answer, error),
            1 => () => Fetch(request, answer, visitor),
            _ => throw new IOException(),
        };
        act();
    }

    private void Versions(int version, BytesOut answer, int error)
    {
        (int Key, int Least, int Most)[] ranges = [(3, 0, 13), (17, 0, 1), (18, 0, 4), (29, 1, 3), (30, 1, 3), (31, 1, 3), (36, 0, 2), (50, 0, 0), (51, 0, 0)];
        if (version >= 3 && Knows18Only0)
        {
            answer.I16(35).I32(1).I16(18).I16(0).I16(0);
            return;
        }

        answer.I16(error);
        if (version < 3)
        {
            answer.I32(ranges.Length);
            foreach (var range in ranges)
                answer.I16(range.Key).I16(range.Least).I16(range.Most);
            return;
        }

        answer.CCount(ranges.Length);
        foreach (var range in ranges)
            answer.I16(range.Key).I16(range.Least).I16(range.Most).NoTags();
        // Three tagged fields: one that nobody knows yet, the epoch, and the agreed features.
        var features = new BytesOut().CCount(1).CStr("metadata.version").I16(_cluster.MetadataVersion).I16(1).NoTags().All;
        answer.I32(0).VarInt(3).VarInt(1).VarInt(8).I64(7).VarInt(2).VarInt(features.Length).Raw(features).VarInt(77).VarInt(3).Raw([9, 9, 9]);
    }

    private void Metadata(BytesIn request, BytesOut answer)
    {
        List<string> asked = [];
        for (var left = request.CCount(); left > 0; left--)
        {
            request.Take(16);
            asked.Add(request.CStr()!);
            request.Tags();
        }

        answer.I32(ThrottleMs).CCount(_cluster.Live.Count);
        foreach (var (id, host, port) in _cluster.Live)
            answer.I32(id).CStr(host).I32(port).CStr(null).NoTags();
        answer.CStr("fake").I32(_cluster.Controller).CCount(asked.Count);
        foreach (var topic in asked)
            answer.I16(_cluster.Topics.Contains(topic) ? 0 : 3).CStr(topic).Raw(new byte[16]).I8(0).CCount(1).I16(0).I32(0).I32(1).I32(0).CCount(1).I32(1).CCount(1).I32(1).CCount(0).NoTags().I32(int.MinValue).NoTags();
        answer.NoTags();
    }
}
