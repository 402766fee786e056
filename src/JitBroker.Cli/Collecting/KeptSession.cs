using JitBroker.Cli.Commands;
using JitBroker.Cli.Running;
using JitBroker.Cli.Finding;
using JitBroker.Cli.State;
using JitBroker.Client;

namespace JitBroker.Cli.Collecting;

/// <summary>
/// A credential of an entitlement for a program that asks at each of its runs: the kept one while it is good and its grant lives, else a new one. With
/// <see cref="Asking"/> it asks for the access if need be and waits.
/// </summary>
internal sealed class KeptSession(Invocation run, BrokerClient broker, CredentialCache cache, string entitlement)
{
    /// <summary>A credential with less than this left is collected anew, if a longer one can be had.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <summary>What to ask for when nothing is held; null: do not ask.</summary>
    public SubmitBody? Asking { get; init; }

    /// <summary>The only kind that the program has a use for.</summary>
    public required string Kind { get; init; }

    public async Task<Cached> GetAsync()
    {
        // Several programs start at once, and each would collect: the first does, the others find what it kept.
        IDisposable? turn;
        while ((turn = cache.TryLock(entitlement)) is null)
            await run.DelayAsync(Glance);
        using (turn)
        {
            var kept = cache.Find(entitlement) is { } found && found.Envelope.ExpiresAt > run.Around.Clock.GetUtcNow() ? found : null;
            try
            {
                return await GetAsync(kept);
            }
            catch (BrokerUnreachableException) when (kept is not null)
            {
                // Nothing says that it has ended; the target knows.
                return kept;
            }
        }
    }

    private async Task<Cached> GetAsync(Cached? kept)
    {
        var grant = await ActiveAsync() ?? await AskedAsync();
        if (kept is not null && kept.Envelope.Grant == grant.Id && (kept.Envelope.ExpiresAt - run.Around.Clock.GetUtcNow() > Margin || kept.Envelope.ExpiresAt > grant.EndsAt - Margin))
            return kept;
        if (grant.Kind is { } other && other != Kind)
            throw new UsageFaultException($"{grant.Entitlement} gives a {other} credential, and this needs a {Kind} one.", $"jit creds {grant.Entitlement}");
        var reply = await broker.CollectAsync(grant.Id, run.Cancel);
        cache.Keep(entitlement, reply.Body);
        return new Cached(reply.Body, reply.Value);
    }

    private async Task<GrantResource?> ActiveAsync()
    {
        var active = await Pages.AllAsync(cursor => broker.ListGrantsAsync(new GrantQuery { Mine = true, State = GrantState.Active, Cursor = cursor, Limit = Pages.Size }, run.Cancel));
        return active.Where(g => g.Entitlement == entitlement || string.Equals(g.Id, entitlement, StringComparison.OrdinalIgnoreCase)).MaxBy(g => g.EndsAt);
    }

    private async Task<GrantResource> AskedAsync()
    {
        cache.Forget(entitlement);
        var pending = (await Pages.AllAsync(cursor => broker.ListRequestsAsync(new RequestQuery { Mine = true, State = RequestState.Pending, Cursor = cursor, Limit = Pages.Size }, run.Cancel)))
            .FirstOrDefault(r => r.Entitlement == entitlement);
        if (Asking is null)
            throw new RefusedHereException(Codes.GrantNotActive, pending is null ? $"You hold no active grant of {entitlement}." : $"Your request for {entitlement} waits for {RequestView.Needs(pending)}.", pending is null ? $"jit request {entitlement}" : "--wait waits for it");
        var reply = pending is null ? await broker.SubmitAsync(Asking, Invocation.NewKey(), run.Cancel) : await broker.GetRequestAsync(pending.Id, run.Cancel);
        if (reply.Value.State is RequestState.Pending)
            run.Screen.ErrorLine($"Waiting for {RequestView.Needs(reply.Value)} to approve {entitlement}; request {reply.Value.Id}.");
        var settled = Waiting.Active(run, (await Waiting.UntilSettledAsync(run, broker, reply)).Value);
        return (await broker.GetGrantAsync(settled.Grant!.Id, run.Cancel)).Value;
    }
}
