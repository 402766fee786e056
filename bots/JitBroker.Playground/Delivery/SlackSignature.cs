using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Playground.Delivery;

/// <summary>Slack's request signature, version <c>v0</c>.</summary>
public static class SlackSignature
{
    /// <summary><c>v0=</c> and the lower-case hex HMAC-SHA256 of <c>v0:timestamp:body</c>.</summary>
    /// <param name="secret">The signing secret; its UTF-8 bytes are the key.</param>
    /// <param name="timestamp">The header as it is sent, Unix seconds.</param>
    /// <param name="body">The raw body, before any form decoding.</param>
    public static string Of(string secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.UTF8.GetBytes($"v0:{timestamp}:"));
        mac.AppendData(body);
        return "v0=" + Convert.ToHexStringLower(mac.GetHashAndReset());
    }
}
