using JitBroker.Playground.Sockets;

namespace JitBroker.Playground.Delivery;

/// <summary>Over a socket while the app has one open, else to its address.</summary>
internal sealed class AppRouter(HttpAppDelivery http, SocketAppDelivery sockets, SocketHub hub, AppAddresses addresses) : IAppDelivery
{
    /// <summary>What only a request has: forged signatures, headers, paths.</summary>
    private static bool NeedsHttp(AppDelivery delivery) => delivery is not { Signature: null, Timestamp: null, Path: null, Headers.Count: 0 } || delivery.Type == "url_verification";

    public Task<DeliveryOutcome> DeliverAsync(AppDelivery delivery, CancellationToken ct) =>
        !NeedsHttp(delivery) && (hub.IsConnected || (hub.WasUsed && addresses.For(delivery.Kind) is null)) ? sockets.DeliverAsync(delivery, ct) : http.DeliverAsync(delivery, ct);

    /// <summary>The way that <see cref="DeliverAsync"/> would not take now, where the app takes both; else the same.</summary>
    public Task<DeliveryOutcome> DeliverOtherwiseAsync(AppDelivery delivery, CancellationToken ct) =>
        hub.IsConnected && addresses.For(delivery.Kind) is not null ? http.DeliverAsync(delivery, ct) : DeliverAsync(delivery, ct);

    /// <param name="via"><c>http</c> or <c>socket</c>; null: as Slack would.</param>
    public Task<DeliveryOutcome> DeliverAsync(AppDelivery delivery, string? via, CancellationToken ct) => via switch
    {
        "http" => http.DeliverAsync(delivery, ct),
        "socket" => sockets.DeliverAsync(delivery, ct),
        _ => DeliverAsync(delivery, ct),
    };
}
