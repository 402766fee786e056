using System.Net;
using System.Net.Sockets;

namespace JitBroker.Server.Http;

/// <summary>Where a call comes from, as the server sees it; <c>X-Forwarded-For</c> has been taken over from trusted proxies by then.</summary>
internal static class Addresses
{
    /// <summary>As it is shown to people.</summary>
    public static string ClientAddress(this HttpContext context) => Plain(context.Connection.RemoteIpAddress)?.ToString() ?? "unknown";

    /// <summary>What a flood is counted by: an IPv4 address, or the /64 that one IPv6 customer has at least.</summary>
    public static string ClientNetwork(this HttpContext context)
    {
        if (Plain(context.Connection.RemoteIpAddress) is not { } address)
            return "unknown";
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address.ToString();
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes).ToString();
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
