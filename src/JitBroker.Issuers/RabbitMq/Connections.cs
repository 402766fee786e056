namespace JitBroker.Issuers.RabbitMq;

/// <summary>The live connections of one user name, of a user of the server's own or of a token.</summary>
internal sealed class Connections(ServerUsers users, string name, TimeProvider clock)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Cuts them until none is seen twice in a row: a connection that was let in just before the block is tracked a moment later. Call it after new ones are blocked.
    /// </summary>
    /// <returns>The most that were seen at once, and those that do not go.</returns>
    public async Task<(int Seen, int Left)> CutAsync(CancellationToken cancellationToken)
    {
        var since = clock.GetTimestamp();
        var seen = 0;
        for (var empty = 0; empty < 2;)
        {
            var there = await users.ConnectionsAsync(name, cancellationToken);
            seen = Math.Max(seen, there);
            empty = there == 0 ? empty + 1 : 0;
            if (there > 0 && clock.GetElapsedTime(since) > Patience)
                return (seen, there);
            if (there > 0)
                await users.CutAsync(name, cancellationToken);
            if (empty < 2)
                await Task.Delay(Glance, clock, cancellationToken);
        }

        return (seen, 0);
    }
}
