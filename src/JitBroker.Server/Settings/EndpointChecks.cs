using System.Net;

namespace JitBroker.Server.Settings;

/// <summary>Where the broker may be reached and may call out to (contract §2).</summary>
internal static class EndpointChecks
{
    public static bool IsLoopback(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>The broker's own address: https, or http on loopback; no user, query or fragment.</summary>
    public static Uri PublicUrl(this SettingsReader reader, string path, string otherwise)
    {
        var text = reader.Text(path, otherwise);
        var url = Parse(text);
        if (url is null)
            reader.Fault(path, text, "this is not an absolute http or https address without user, query and fragment", "Write it like https://jit.example.com.");
        else if (url.Scheme == "http" && !IsLoopback(url))
            reader.Fault(path, text, "plain http is for loopback only", "Use https, with a proxy in front that terminates TLS.");
        return new Uri((url ?? new Uri(otherwise)).AbsoluteUri.TrimEnd('/'));
    }

    /// <summary>An address of a vendor's: https at one of <paramref name="hosts"/> or below; anywhere when test endpoints are allowed, then plain http on loopback too.</summary>
    public static Uri VendorUrl(this SettingsReader reader, string path, string otherwise, bool allowTestEndpoints, params string[] hosts)
    {
        var url = reader.VendorDocument(path, otherwise, allowTestEndpoints, hosts).AbsoluteUri;
        return new Uri(url.EndsWith('/') ? url : url + "/");
    }

    /// <summary>As <see cref="VendorUrl"/>, for one document and not what is below it.</summary>
    public static Uri VendorDocument(this SettingsReader reader, string path, string otherwise, bool allowTestEndpoints, params string[] hosts)
    {
        var text = reader.Text(path, otherwise);
        var url = Parse(text);
        if (url is null)
            reader.Fault(path, text, "this is not an absolute http or https address without user, query and fragment", $"Write it like {otherwise}.");
        else if (!hosts.Any(h => url.Host == h || url.Host.EndsWith('.' + h, StringComparison.OrdinalIgnoreCase)) && !allowTestEndpoints)
            reader.Fault(path, text, $"this is not at {string.Join(" or ", hosts)}", "Remove the key, or, for tests only, set Broker:AllowTestEndpoints.");
        else if (url.Scheme == "http" && !(allowTestEndpoints && IsLoopback(url)))
            reader.Fault(path, text, "plain http is for test endpoints on loopback only", "Use https.");
        return url ?? new Uri(otherwise);
    }

    /// <summary>Addresses and networks, <c>10.0.0.0/8</c>.</summary>
    public static IReadOnlyList<System.Net.IPNetwork> Networks(this SettingsReader reader, string path)
    {
        var networks = new List<System.Net.IPNetwork>();
        foreach (var text in reader.List(path))
        {
            if (System.Net.IPNetwork.TryParse(text, out var network))
                networks.Add(network);
            else if (IPAddress.TryParse(text, out var address))
                networks.Add(new System.Net.IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                reader.Fault(path, text, "this is neither an IP address nor a network", "Write it like 10.0.0.7 or 10.0.0.0/8.");
        }

        return networks;
    }

    private static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url)
        && url.Scheme is "http" or "https"
        && url.Host.Length > 0
        && url.UserInfo.Length == 0
        && url.Query.Length == 0
        && url.Fragment.Length == 0
            ? url
            : null;
}
