using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Slack's request signature, version 0 (chat-wire A1): HMAC-SHA256 over <c>v0:TIMESTAMP:BODY</c>, raw bytes as received, not older and not newer than
/// five minutes.
/// </summary>
internal static class SlackSignature
{
    public const string TimestampHeader = "X-Slack-Request-Timestamp";
    public const string SignatureHeader = "X-Slack-Signature";

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(300);

    /// <summary>Whether the body comes from Slack. A missing, doubled, malformed, stale or future header is a no.</summary>
    public static bool IsValid(IHeaderDictionary headers, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (One(headers[TimestampHeader]) is not { } timestamp || One(headers[SignatureHeader]) is not { } signature)
            return false;
        if (timestamp.Length > 15 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return false;
        if (Math.Abs((decimal)now.ToUnixTimeMilliseconds() - (seconds * 1000m)) > (decimal)Window.TotalMilliseconds)
            return false;
        var given = Encoding.UTF8.GetBytes(signature);
        var isValid = false;
        foreach (var secret in secrets)
        {
            if (secret.Length > 0)
                isValid |= CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Sign(secret, timestamp, body)));
        }

        return isValid;
    }

    /// <summary><c>v0=</c> and 64 lower-case hex digits.</summary>
    public static string Sign(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hash.AppendData(Encoding.UTF8.GetBytes($"v0:{timestamp}:"));
        hash.AppendData(body);
        return "v0=" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string? One(StringValues values) => values.Count == 1 ? values[0] : null;
}
