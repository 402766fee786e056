using System.Net;
using JitBroker.Issuing;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// Mints a user: first one without any right, then its limit, then the routing keys it may use, and last the virtual host, so that at no moment it may do more than was granted. The server is told a
/// hash and never the password.
/// </summary>
internal sealed class CreateUser(RabbitMqTarget target, IssueOrder order, RabbitMqTerms terms)
{
    private readonly string _name = UserHandle.NameOf(order.LeaseId, order.Holder);
    private readonly ServerUsers _users = new(target);
    private readonly PasswordHash _secret = PasswordHash.New();

    public async Task<MintOutcome> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A mint of this very lease may have been there before and its secret be lost: it gets a new one, unless its end has begun.
            if ((await _users.FindAsync(_name, cancellationToken)).User is { } there && (!there.IsOurs || there.IsBlocked))
                return new MintOutcome.Unavailable($"A user {_name} stands at {target} that was not made for this lease, or whose end has begun. Collect again.", Obstacle.Conflict);
            await _users.PutAsync(_name, _secret.Hash, cancellationToken);
            if (!await _users.LimitAsync(_name, terms.ConnectionLimit, cancellationToken))
                return new MintOutcome.Unavailable($"The user {_name} was removed from {target} while it was being made. Collect again.", Obstacle.Conflict);
            foreach (var right in terms.Topics)
                await _users.PermitTopicAsync(_name, terms.Vhost, right, cancellationToken);
            await _users.PermitAsync(_name, terms, cancellationToken);
            return new MintOutcome.Minted(RabbitMqCredential.Of(terms.Server.Amqp, terms.Vhost, _name, _secret.Password));
        }
        catch (UnexpectedAnswerException e) when (e is { Status: HttpStatusCode.BadRequest, Reason: "vhost_or_user_not_found" })
        {
            return new MintOutcome.Refused($"No user is made for {order.Entitlement}: {target} has no virtual host {terms.Vhost}. Ask the platform team.");
        }
        catch (UnexpectedAnswerException e) when (e is { Status: HttpStatusCode.BadRequest, Reason: "invalid_regexp" })
        {
            return new MintOutcome.Refused($"No user is made for {order.Entitlement}: {target} does not read one of its patterns. The catalog has to be mended.");
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            var why = Trouble.Of(target, $"making user {_name}", e);
            var obstacle = Trouble.ObstacleOf(e);
            return Trouble.IsPassing(e) || obstacle == Obstacle.Denied ? new MintOutcome.Unavailable(why, obstacle) : new MintOutcome.Refused(why);
        }
    }
}
