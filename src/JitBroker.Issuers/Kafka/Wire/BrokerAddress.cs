using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>Where one broker listens.</summary>
/// <param name="Host">A name or address, without brackets.</param>
internal sealed record BrokerAddress(string Host, int Port)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? address)
    {
        address = null;
        var at = text.LastIndexOf(':');
        if (at <= 0 || !int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65_535)
            return false;
        var host = text[..at].TrimStart('[').TrimEnd(']');
        if (host.Length > 0)
            address = new BrokerAddress(host, port);
        return address is not null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
