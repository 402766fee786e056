using JitBroker.Cli.State;

namespace JitBroker.Cli.Running;

/// <summary>Where the broker is: <c>--url</c>, else <c>JIT_URL</c>, else the broker last signed in to.</summary>
internal static class BrokerAddress
{
    internal static Uri Read(string? option, string? environment, SessionStore sessions)
    {
        var (text, from) = option is not null ? (option, "--url") : environment is not null ? (environment, "JIT_URL") : (sessions.LastBroker, "the last sign-in");
        if (text is null)
            throw new UsageFaultException("No broker is named.", "set JIT_URL, or pass --url https://jit.example.com");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new UsageFaultException($"'{text}' (from {from}) is not a broker's address.", "an address begins with https:// (or http:// on this machine)");
        if (address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0)
            throw new UsageFaultException($"The address from {from} carries a user, a query or a fragment.", "give scheme, host, port and path only");
        return address;
    }
}
