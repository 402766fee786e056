using System.Net.Sockets;
using System.Security.Authentication;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>What went wrong at a cluster, in a sentence. Nothing of what was sent, and no text of the peer's making, is in it.</summary>
internal static class KafkaTrouble
{
    /// <summary>Whether it is what was ordered that is refused, so that another try would fare no better.</summary>
    public static bool IsFinal(Exception e) => e is RefusedException { Error: ErrorCode.InvalidRequest or ErrorCode.UnacceptableCredential };

    public static Obstacle ObstacleOf(Exception e) => e switch
    {
        UnreachableException { InnerException: { } why } => ObstacleOf(why),
        WayInException or AuthenticationException => Obstacle.Denied,
        RefusedException refused => refused.Error switch
        {
            ErrorCode.ClusterAuthorizationFailed or ErrorCode.SecurityDisabled or ErrorCode.UnsupportedVersion => Obstacle.Denied,
            ErrorCode.ThrottlingQuotaExceeded => Obstacle.Throttled,
            ErrorCode.RequestTimedOut or ErrorCode.NotController or ErrorCode.BrokerNotAvailable or ErrorCode.LeaderNotAvailable or ErrorCode.CoordinatorNotAvailable or ErrorCode.CoordinatorLoadInProgress => Obstacle.Away,
            _ => Obstacle.Unfinished,
        },
        _ => Obstacle.Away,
    };

    /// <param name="doing">What was tried, e.g. <c>making user jit-x</c>.</param>
    public static string Of(Cluster cluster, string doing, Exception e) => e switch
    {
        WayInException wayIn => $"{wayIn.Message} That was {doing}.",
        RefusedException refused => $"{refused.Message} That was {doing}.{Remedy(refused.Error)}",
        UnreachableException { InnerException: { } why } => $"None of {cluster} could be called, {doing}. The last one: {Of(cluster, doing, why)}",
        WireException wire => $"A server of {cluster} answered what is not Kafka's protocol, {doing}: {wire.Message}",
        AuthenticationException => $"A server of {cluster} has no TLS certificate that is good for its name, {doing}. The issuer's ca may name another authority.",
        SocketException socket => $"{cluster} cannot be reached, {doing} ({socket.SocketErrorCode}).",
        TimeoutException => $"{cluster} did not answer in time, {doing}.",
        _ => $"The connection to {cluster} broke, {doing} ({e.GetType().Name}).",
    };

    private static string Remedy(ErrorCode error) => error switch
    {
        ErrorCode.ClusterAuthorizationFailed => " The broker's user needs ALTER and DESCRIBE on the cluster.",
        ErrorCode.SecurityDisabled => " Without an authorizer everybody may do everything: set authorizer.class.name at the brokers.",
        ErrorCode.UnsupportedVersion => " SCRAM users need metadata.version 3.5 or later in KRaft: kafka-features upgrade.",
        ErrorCode.ThrottlingQuotaExceeded or ErrorCode.RequestTimedOut => " It is tried again later.",
        _ => "",
    };
}
