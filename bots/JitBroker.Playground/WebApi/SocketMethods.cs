namespace JitBroker.Playground.WebApi;

/// <summary>apps.connections.open: the playground delivers over HTTP only, and says so to a right token.</summary>
internal static class SocketMethods
{
    public static IEnumerable<ApiMethod> All =>
    [
        new("apps.connections.open", null, Tier.One, _ => ApiAnswer.Fail("socket_mode_not_enabled")) { AppToken = true },
    ];
}
