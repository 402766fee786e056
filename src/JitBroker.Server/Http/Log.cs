namespace JitBroker.Server.Http;

/// <summary>What the HTTP API logs. Ids and kinds, never bodies, headers or codes.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{Reference}: {Method} {Path} failed")]
    public static partial void Failed(ILogger log, string reference, string method, string path, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path}: the database is away ({Why})")]
    public static partial void DatabaseAway(ILogger log, string method, string path, string? why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Method} {Path}: the caller went away")]
    public static partial void Aborted(ILogger log, string method, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "An idempotency key could not be released; it is free again in a minute")]
    public static partial void KeyNotReleased(ILogger log, Exception exception);
}
