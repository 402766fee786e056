using JitBroker.Playground.Sockets;

namespace JitBroker.Playground.WebApi;

/// <summary>apps.connections.open: the address of a socket, for one connection.</summary>
internal sealed class SocketMethods(SocketHub hub)
{
    public IEnumerable<ApiMethod> All =>
    [
        new("apps.connections.open", null, Tier.One, _ => hub.IsEnabled ? ApiAnswer.With(("url", hub.NewAddress())) : ApiAnswer.Fail("socket_mode_not_enabled")) { AppToken = true, Burst = SocketHub.MostOpen },
    ];
}
