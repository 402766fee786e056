using JitBroker.Issuing;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// Ends one user, in this order: no new connections; no rights; no connections; no user; and all that read back, connections that slipped in included. Each step may be done again, so an end that broke off
/// is taken up from the start.
/// </summary>
internal sealed class EndUser(RabbitMqTarget target, string name, TimeProvider clock)
{
    private readonly ServerUsers _users = new(target);
    private string _doing = $"ending user {name}";

    public async Task<EndOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (user, _) = await _users.FindAsync(name, cancellationToken);
            if (user is not null)
                await RemoveAsync(cancellationToken);
            _doing = $"cutting the connections of {name}";
            var cut = await new Connections(_users, name, clock).CutAsync(cancellationToken);
            if (cut.Left > 0)
                return new EndOutcome.Failed($"{cut.Left} connections of {name} at {target} do not go. The user and its rights are gone.");
            _doing = $"reading back that {name} is gone";
            return (await _users.FindAsync(name, cancellationToken)).User is null
                ? new EndOutcome.Ended(Existed: user is not null || cut.Seen > 0)
                : new EndOutcome.Failed($"User {name} still stands at {target} after it was deleted.");
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return new EndOutcome.Failed(Trouble.Of(target, _doing, e), Trouble.ObstacleOf(e));
        }
    }

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        _doing = $"blocking the connections of {name}";
        await _users.LimitAsync(name, 0, cancellationToken);
        _doing = $"taking the rights of {name}";
        await _users.ForbidAsync(name, cancellationToken);
        _doing = $"cutting the connections of {name}";
        await _users.CutAsync(name, cancellationToken);
        _doing = $"deleting user {name}";
        await _users.DeleteAsync(name, cancellationToken);
    }
}
