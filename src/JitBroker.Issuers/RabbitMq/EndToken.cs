using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// Ends the use of one token: its connections are cut, and once the server's own clock is past its expiry no new one can be made. Before that it is no end, since the token still lets its holder in.
/// </summary>
internal sealed class EndToken(RabbitMqTarget target, string name, DateTimeOffset expiresAt, TimeSpan within, TimeProvider clock)
{
    private readonly ServerUsers _users = new(target);

    public async Task<EndOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Before the look at the connections, so that none can be made after it.
            var isOver = IsOver((await _users.FindAsync(name, cancellationToken)).Clock);
            await _users.CutAsync(name, cancellationToken);
            if (!isOver)
                return new EndOutcome.Failed($"The token of {name} is good at {target} until {Instants.ToText(expiresAt)} by that server's clock, and cannot be taken back before. Its connections were cut.");
            var (_, left) = await new Connections(_users, name, clock).CutAsync(cancellationToken);
            return left == 0 ? new EndOutcome.Ended(Existed: true) : new EndOutcome.Failed($"{left} connections of {name} at {target} do not go, though its token has expired.");
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return new EndOutcome.Failed(Trouble.Of(target, $"cutting the connections of {name}", e), Trouble.ObstacleOf(e));
        }
    }

    /// <summary>By both clocks, where the server tells its own.</summary>
    private bool IsOver(DateTimeOffset? atServer) => clock.GetUtcNow() >= expiresAt + within && (atServer is not { } there || there >= expiresAt);
}
