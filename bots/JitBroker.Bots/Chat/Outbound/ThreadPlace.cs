using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>Where in a conversation a message belongs: an extension under the card of what it extends, the further items of a bundle under the first.</summary>
internal sealed class ThreadPlace(Database database, OutboxStore outbox, CopyStore copies)
{
    /// <returns>The message to post under, or null; and whether that one is still to be posted, so that it is too early.</returns>
    public async Task<(string? Under, bool IsTooEarly)> OfAsync(Delivery delivery, string channel, CancellationToken cancellationToken)
    {
        if (delivery.CopyId is not null || Threads.UnderWhich(delivery) is not { } requestId)
            return (null, false);
        return await database.ReadAsync(
            async session =>
            {
                // In this order: what is on its way no more has been registered before.
                var isOnItsWay = await outbox.IsOnItsWayAsync(session, delivery.Surface, requestId, delivery.Recipient, cancellationToken);
                var posted = await copies.OfRequestAsync(session, requestId, cancellationToken);
                var root = posted.FirstOrDefault(c => c.Surface == delivery.Surface && c.Channel == channel && c.Recipient == delivery.Recipient);
                return root is not null ? (root.Message, false) : ((string?)null, isOnItsWay);
            },
            cancellationToken);
    }
}
