using System.Net;
using JitBroker.Catalog;

namespace JitBroker.People.OnCall;

/// <summary>Where schedules are asked for: at their vendor, or where the catalog says. Nothing else can lead the broker anywhere (E4).</summary>
public static class OnCallAddresses
{
    /// <summary>The vendors' own hosts; others may be named for tests only.</summary>
    private static readonly Dictionary<string, string[]> Vendors = new(StringComparer.Ordinal)
    {
        ["pagerduty"] = ["https://api.pagerduty.com/", "https://api.eu.pagerduty.com/"],
        ["opsgenie"] = ["https://api.opsgenie.com/", "https://api.eu.opsgenie.com/"],
    };

    /// <summary>The base of the API, with a trailing slash; of kind <c>http</c> the address itself.</summary>
    internal static Uri Of(OnCallSchedule schedule) => new(schedule.Kind == "http" ? schedule.Id : schedule.Api ?? Vendors[schedule.Kind][0]);

    /// <summary>Why the broker must not call there, or null. For tests anything of https and plain http on loopback is let pass.</summary>
    /// <param name="kind">Null or one of the catalog's kinds.</param>
    internal static string? Objection(string kind, string address, bool allowTestEndpoints)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Host.Length == 0 || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
            return "is not an absolute address without user, password and fragment";
        if (Vendors.TryGetValue(kind, out var own) && !allowTestEndpoints)
            return own.Contains(address, StringComparer.Ordinal) ? null : $"is not an API of this vendor: {string.Join(" or ", own)}";
        if (url.Scheme == Uri.UriSchemeHttps || (allowTestEndpoints && url.Scheme == Uri.UriSchemeHttp && IsLoopback(url)))
            return Vendors.ContainsKey(kind) && !url.AbsolutePath.EndsWith('/') ? "does not end with a slash" : null;
        return "is not an address that begins with https://";
    }

    private static bool IsLoopback(Uri url) => url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
