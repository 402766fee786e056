using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>
/// One connection to one broker: a call at a time, each in a frame of its own, the answer told by its correlation id. Whatever goes wrong in a call leaves the
/// connection broken, since nobody knows what comes next on it.
/// </summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private const string ClientId = "jit";

    /// <summary>Nobody who has not been let in needs to say more than this.</summary>
    private const int LongestBefore = 64 * 1024;

    /// <summary>All rights of a large cluster.</summary>
    private const int LongestAfter = 32 * 1024 * 1024;

    // Within the broker's own limits (12 s to end, 20 s to mint) there is time for another server.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan CallPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestThrottle = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeProvider _clock;
    private readonly long _openedAt;
    private long _notBefore;
    private int _correlation;
    private TimeSpan? _lifetime;

    private BrokerConnection(BrokerAddress address, Socket socket, Stream stream, TimeProvider clock) =>
        (Address, _socket, _stream, _clock, _openedAt) = (address, socket, stream, clock, clock.GetTimestamp());

    public BrokerAddress Address { get; }

    public bool IsBroken { get; private set; }

    public bool IsLoggedIn { get; private set; }

    /// <summary>The broker has said nothing that nobody asked for, has not hung up, and will not for a while.</summary>
    public bool IsUsable => !IsBroken && IsQuiet() && (_lifetime is not { } lifetime || _clock.GetElapsedTime(_openedAt) < lifetime);

    /// <summary>Opens it, with TLS where asked for; nobody is logged in yet.</summary>
    /// <exception cref="SocketException">It is not reached.</exception>
    /// <exception cref="AuthenticationException">Its certificate is not good, or it speaks no TLS.</exception>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static async Task<BrokerConnection> OpenAsync(BrokerAddress address, WayIn way, TimeProvider clock, CancellationToken cancellationToken)
    {
        var authorities = way.ReadAuthorities();
        using var patience = new CancellationTokenSource(ConnectPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, either.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (way.IsTls)
                stream = await SecuredAsync(stream, address, authorities, either.Token);
            return new BrokerConnection(address, socket, stream, clock);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException();
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One call and its answer. The answer's own errors are the caller's to read.</summary>
    /// <exception cref="WireException">The answer cannot be understood.</exception>
    /// <exception cref="IOException">The connection is gone.</exception>
    /// <exception cref="TimeoutException">There was no answer in time; whether the call was done is not known.</exception>
    public async Task<TAnswer> CallAsync<TAnswer>(ApiCall<TAnswer> call, CancellationToken cancellationToken)
    {
        await ThrottledAsync(cancellationToken);
        using var patience = new CancellationTokenSource(CallPatience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var isDone = false;
        try
        {
            var correlation = ++_correlation;
            await _stream.WriteAsync(Frame(call, correlation), either.Token);
            var answer = Answer(call, correlation, await FrameAsync(either.Token));
            var throttle = Math.Clamp(call.ThrottleOf(answer), 0, (int)LongestThrottle.TotalMilliseconds);
            _notBefore = throttle == 0 ? 0 : _clock.GetTimestamp() + (_clock.TimestampFrequency * throttle / 1_000);
            isDone = true;
            return answer;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        finally
        {
            IsBroken |= !isDone;
        }
    }

    /// <summary>From here on answers may be long. The connection is given up with a fifth of its time left, so that no call finds it just closed.</summary>
    public void LoggedIn(long lifetimeMs)
    {
        IsLoggedIn = true;
        // A broker that says nonsense about its time gets a short one.
        _lifetime = lifetimeMs == 0 ? null : TimeSpan.FromMilliseconds(Math.Clamp(lifetimeMs, 0, (long)TimeSpan.FromDays(1).TotalMilliseconds) * 0.8);
    }

    public ValueTask DisposeAsync()
    {
        IsBroken = true;
        return _stream.DisposeAsync();
    }

    /// <summary>Public for the golden bytes.</summary>
    internal static byte[] Frame<TAnswer>(ApiCall<TAnswer> call, int correlation)
    {
        var writer = new WireWriter(call.IsFlexible);
        writer.Int32(0);
        writer.Int16(call.Key);
        writer.Int16(call.Version);
        writer.Int32(correlation);
        writer.OldString(ClientId);
        writer.End();
        call.Write(writer);
        var frame = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        return frame;
    }

    /// <param name="frame">Without its length.</param>
    internal static TAnswer Answer<TAnswer>(ApiCall<TAnswer> call, int correlation, ReadOnlyMemory<byte> frame)
    {
        var header = new WireReader(frame[..Math.Min(4, frame.Length)], isFlexible: false);
        if (header.Int32() != correlation)
            throw new WireException("The answer is to another call.");
        var reader = new WireReader(frame[4..], call.IsFlexible);
        if (call.HasFlexibleAnswerHeader)
            reader.End();
        var answer = call.Read(reader);
        reader.Close();
        return answer;
    }

    private async Task<ReadOnlyMemory<byte>> FrameAsync(CancellationToken cancellationToken)
    {
        var head = new byte[4];
        await _stream.ReadExactlyAsync(head, cancellationToken);
        var length = BinaryPrimitives.ReadInt32BigEndian(head);
        if (length < 4 || length > (IsLoggedIn ? LongestAfter : LongestBefore))
            throw new WireException("It is no Kafka broker, speaks TLS where none is expected, or its answer is beyond all bounds.");
        // Filled as it comes: a length alone allocates little.
        var frame = new MemoryStream(Math.Min(length, LongestBefore));
        var piece = new byte[Math.Min(length, LongestBefore)];
        for (var left = length; left > 0;)
        {
            var read = await _stream.ReadAsync(piece.AsMemory(0, Math.Min(left, piece.Length)), cancellationToken);
            if (read == 0)
                throw new EndOfStreamException();
            frame.Write(piece, 0, read);
            left -= read;
        }

        return frame.GetBuffer().AsMemory(0, length);
    }

    /// <summary>A broker that throttles mutes the connection anyway (KIP-219); waiting here keeps the call's own patience for the call.</summary>
    private async Task ThrottledAsync(CancellationToken cancellationToken)
    {
        var left = _clock.GetElapsedTime(_clock.GetTimestamp(), _notBefore);
        if (left > TimeSpan.Zero)
            await Task.Delay(left, _clock, cancellationToken);
    }

    /// <summary>Readable without a call under way means closed, or something that nobody asked for.</summary>
    private bool IsQuiet() => !_socket.Poll(0, SelectMode.SelectRead);

    private static async Task<Stream> SecuredAsync(Stream plain, BrokerAddress address, X509Certificate2Collection? authorities, CancellationToken cancellationToken)
    {
        var secured = new SslStream(plain);
        var options = new SslClientAuthenticationOptions { TargetHost = address.Host, EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13 };
        if (authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        await secured.AuthenticateAsClientAsync(options, cancellationToken);
        return secured;
    }
}
