using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Moves <c>valid until</c> of a role that may still log in. Racing the end is harmless: the end takes LOGIN, password and memberships away, and
/// none of them comes back by this.
/// </summary>
internal sealed class ProlongRole(PostgresTarget target, RoleHandle handle)
{
    public async Task<ProlongOutcome> RunAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await target.OpenAsync(null, cancellationToken);
            if (!await StandsAsync(session, cancellationToken))
                return Gone();
            await session.ExecuteAsync($"alter role {Quoted.Name(handle.Role)} with valid until {Quoted.Text(Instants.ToText(until))}", cancellationToken);
            var kept = await session.HoldsAsync(
                $"select rolcanlogin and rolvaliduntil = {Quoted.Text(Instants.ToText(until))}::timestamptz from pg_roles where rolname = {Quoted.Text(handle.Role)}", cancellationToken);
            return kept ? new ProlongOutcome.Prolonged(until) : Gone();
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return new ProlongOutcome.Failed(Trouble.Of(target, $"prolonging role {handle.Role}", e), Trouble.ObstacleOf(e));
        }
    }

    private Task<bool> StandsAsync(PostgresSession session, CancellationToken cancellationToken) =>
        session.HoldsAsync($"select rolcanlogin from pg_roles where rolname = {Quoted.Text(handle.Role)}", cancellationToken);

    private ProlongOutcome.Gone Gone() => new($"Role {handle.Role} stands no more at {target}, or its end has begun.");
}
