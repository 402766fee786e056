using Microsoft.Extensions.Logging;

namespace JitBroker.Issuers.Aws;

/// <summary>What the aws-sts issuer logs: roles, counts and instants, never a key or a session.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Too many ended sessions of {Role} are still valid to be denied one by one ({Count} left the list): every session issued before {Before:O} is denied, and who holds one collects again")]
    public static partial void OlderSessionsCut(ILogger log, string role, DateTimeOffset before, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The role {Role} is gone; its sessions ended with it")]
    public static partial void RoleIsGone(ILogger log, string role);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The policy of {Role} could not be cleared of what has served its time ({Why}); it is tried again in a minute")]
    public static partial void NotPruned(ILogger log, string role, string why);
}
