using Microsoft.Extensions.Logging;

namespace JitBroker.Issuers.Jwt;

/// <summary>What the jwt issuer logs: ids and instants, never a key, a token or a caller's secret.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Signing key {KeyId} ({Algorithm}) is loaded; it signs from {SignsFrom:O}")]
    public static partial void KeyLoaded(ILogger log, string keyId, string algorithm, DateTimeOffset signsFrom);

    [LoggerMessage(Level = LogLevel.Information, Message = "Private keys were deleted ({Count}): nothing they signed is valid any more")]
    public static partial void KeysDeleted(ILogger log, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The public keys could not be read again; the known ones are served on")]
    public static partial void KeysNotRefreshed(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Row {KeyId} of signing_keys is not a public key with that thumbprint and algorithm; it is neither served nor accepted")]
    public static partial void RowIsNoKey(ILogger log, string keyId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The secret of introspector {Client} of issuer {Issuer} cannot be had, so nobody is let in as it: {Why}")]
    public static partial void IntrospectorWithoutSecret(ILogger log, string client, string issuer, string why);
}
