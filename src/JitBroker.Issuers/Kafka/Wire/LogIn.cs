using System.Buffers.Text;
using System.Security.Cryptography;
using JitBroker.Issuers.Kafka.Wire.Calls;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>The first words on a connection: what the broker speaks, who we are, and whether it is the one that knows our password.</summary>
internal static class LogIn
{
    /// <summary>Logged in, or not at all.</summary>
    /// <exception cref="WayInException">The broker does not let us in.</exception>
    public static async Task<BrokerConnection> OpenAsync(BrokerAddress address, WayIn way, TimeProvider clock, CancellationToken cancellationToken)
    {
        var connection = await BrokerConnection.OpenAsync(address, way, clock, cancellationToken);
        try
        {
            await AskVersionsAsync(connection, cancellationToken);
            await EnterAsync(connection, way, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public static async Task<ApiVersions> AskVersionsAsync(BrokerConnection connection, CancellationToken cancellationToken)
    {
        var versions = await connection.CallAsync(new ApiVersionsCall(), cancellationToken);
        if (versions.Error == ErrorCode.UnsupportedVersion)
            versions = await connection.CallAsync(new ApiVersionsCall(0), cancellationToken);
        if (versions.Error != ErrorCode.None)
            throw new WireException($"It does not say what it speaks ({versions.Error}).");
        return versions.Speaks(36, 2) && versions.Speaks(17, 1)
            ? versions
            : throw new WayInException($"{connection.Address} is a Kafka too old to be logged in to by this broker: 2.5 is needed at least.");
    }

    /// <summary>The mechanisms that the listener has; <see cref="ErrorCode.UnsupportedSaslMechanism"/> when the asked one is not among them.</summary>
    public static Task<SaslHandshake> ShakeHandsAsync(BrokerConnection connection, string mechanism, CancellationToken cancellationToken) =>
        connection.CallAsync(new SaslHandshakeCall(mechanism), cancellationToken);

    private static async Task EnterAsync(BrokerConnection connection, WayIn way, CancellationToken cancellationToken)
    {
        var hands = await ShakeHandsAsync(connection, way.Mechanism, cancellationToken);
        if (hands.Error != ErrorCode.None)
            throw new WayInException($"{connection.Address} has no {way.Mechanism} on this listener ({hands.Error}); it has {Listed(hands.Mechanisms)}. Enable it there in sasl.enabled.mechanisms.");
        var scram = new ScramClient(ScramHash.Of(way.Mechanism)!, way.User, way.Password, Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24)));
        var challenge = await SayAsync(connection, scram.First(), cancellationToken);
        var last = await SayAsync(connection, scram.Final(challenge.Bytes), cancellationToken);
        if (!scram.Proves(last.Bytes))
            throw new WayInException($"{connection.Address} does not prove that it knows the broker's password: it is not the server it should be. Nothing was told to it.");
        connection.LoggedIn(last.LifetimeMs);
    }

    private static async Task<SaslAuthenticated> SayAsync(BrokerConnection connection, byte[] message, CancellationToken cancellationToken)
    {
        var answer = await connection.CallAsync(new SaslAuthenticateCall(message), cancellationToken);
        return answer.Error switch
        {
            ErrorCode.None => answer,
            ErrorCode.SaslAuthenticationFailed => throw new WayInException($"{connection.Address} does not let the broker's user in ({answer.Error}): user or password are not right there."),
            _ => throw new WireException($"The login was answered with {answer.Error}."),
        };
    }

    private static string Listed(IReadOnlyList<string> mechanisms) =>
        mechanisms.Count == 0 ? "none" : string.Join(", ", mechanisms.Take(10).Select(m => new string([.. m.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_').Take(40)])));
}
