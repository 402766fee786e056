using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Leases;

/// <summary>A credential on its way to its holder.</summary>
public sealed record Collected(Lease Lease, Grant Grant, Credential Credential);

/// <summary>
/// Collecting: tx 1 locks the grant, checks everything anew and commits the intent with its handle and deadline; the issuer is called outside any
/// transaction; tx 2 makes the lease active only if the grant still is. Whoever loses that race undoes what was made. Each call is a new lease.
/// </summary>
public sealed class MintLease(
    Database database,
    GrantStore grants,
    LeaseStore leases,
    LeaseMoves moves,
    EventStore events,
    IssuerRegistry issuers,
    Announcer announcer,
    Refusals refusals,
    SessionStore sessions,
    CatalogHolder catalogs,
    AskLimits askLimits,
    MintOptions options,
    Lanes lanes,
    MintGates gates,
    Replica replica,
    Wakeups wakeups,
    TimeProvider clock)
{
    private sealed record Intent(Lease Lease, Grant Grant, IIssuer Issuer, IssueOrder Order, MintPlan Plan, bool IsProbe);

    public async Task<Outcome<Collected>> HandleAsync(Actor actor, string grantId, CancellationToken cancellationToken)
    {
        var intended = await database.WriteAsync(session => IntendAsync(session, actor, grantId, cancellationToken), cancellationToken);
        if (intended.Refusal is { } no)
            return no.Code is Codes.NotFound or Codes.RateLimited ? no : await RefuseAsync(actor, grantId, no, cancellationToken);
        var intent = intended.Value!;

        // From here on the intent stands in the database: whatever happens, it is ended through its handle.
        var outcome = await MintAsync(intent, cancellationToken);
        if (outcome is not MintOutcome.Minted minted)
            return await RefuseAsync(actor, grantId, await GiveUpAsync(intent, outcome, cancellationToken.IsCancellationRequested), CancellationToken.None);
        if (await database.WriteAsync(session => HandOutAsync(session, actor, intent, CancellationToken.None), CancellationToken.None))
            return new Collected(intent.Lease with { State = LeaseState.Active.ToText() }, intent.Grant, minted.Credential);
        await UndoAsync(intent);
        await database.WriteAsync(session => LetGoAsync(session, intent, null), CancellationToken.None);
        var lost = new Refusal(Codes.GrantEnded, "The grant ended while the credential was being made; it was taken back unused. Ask again if you still need it.");
        return await RefuseAsync(actor, grantId, lost, CancellationToken.None);
    }

    private async Task<Outcome<Intent>> IntendAsync(Session session, Actor actor, string grantId, CancellationToken cancellationToken)
    {
        // The session before the grant, and held: a "Not me" that is answered meanwhile either refuses this or sees its lease.
        if (actor.SessionId is { } id && !await sessions.HoldLiveAsync(session, id, clock.GetUtcNow(), cancellationToken))
            return new Refusal(Codes.Unauthenticated, "Your session has ended. Sign in again with jit login.");
        var grant = await grants.LockAsync(session, grantId, cancellationToken);

        // Read after the lock: waiting for it may have taken us past the end.
        var now = clock.GetUtcNow();
        var directory = catalogs.Directory;
        if (Collecting.Objection(directory, grant, actor, grantId, now) is { } objection)
            return Undo(session, objection);
        var mine = await leases.OfGrantAsync(session, grantId, cancellationToken);
        var entitlement = directory.Catalog.Entitlements[grant!.Entitlement];
        if (mine.Count(l => l.IsLive) >= entitlement.LeaseLimit)
            return Undo(session, new Refusal(Codes.LeaseLimit, $"This grant has {entitlement.LeaseLimit} live credentials, its limit. Use one of them, or end the grant and ask again."));
        var collected = await leases.CountCollectedAsync(session, actor.Email, now - TimeSpan.FromHours(1), cancellationToken);
        if (collected >= askLimits.CollectionsPerHour)
            return Undo(session, new Refusal(Codes.RateLimited, $"You collected {collected} credentials within an hour; the limit is {askLimits.CollectionsPerHour}. Use one that you have.") { RetryAfter = TimeSpan.FromMinutes(5) });

        var content = RequestContent.FromText(grant.Content);
        if (issuers.Find(content.IssuerKind) is not { } issuer)
            return Undo(session, new Refusal(Codes.IssuerUnavailable, $"This build of the broker has no issuer of kind {content.IssuerKind}. Ask the platform team."));
        return await CommitIntentAsync(session, actor, grant, content, issuer, now, cancellationToken);
    }

    private async Task<Outcome<Intent>> CommitIntentAsync(
        Session session, Actor actor, Grant grant, RequestContent content, IIssuer issuer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var leaseId = Ids.New(now);
        var order = new IssueOrder(
            leaseId, grant.Id, grant.Holder, actor.Person.Name, content.Entitlement, content.Issuer, content.Settings, content.Grants, now, grant.EndsAt);
        var plan = issuer.Plan(order);
        var entry = await lanes.EnterAsync(session, plan.Handle, now, cancellationToken);
        if (entry.IsProbe is not { } isProbe)
            return Undo(session, entry.No!);
        var lease = new Lease
        {
            Id = leaseId,
            GrantId = grant.Id,
            State = LeaseState.Minting.ToText(),
            Version = 1,
            Holder = grant.Holder,
            SessionId = actor.SessionId,
            Target = plan.Handle.Target,
            Handle = plan.Handle.ToJson(),
            Principal = plan.Handle.Principal,
            CreatedAt = now,
            MintDeadline = Instants.Truncate(now + options.Deadline),
            ExpiresAt = Instants.Truncate(plan.ExpiresAt),
            Verified = false,
            Attempts = 0,
        };
        await leases.InsertAsync(session, lease, replica.Id, cancellationToken);
        var data = new JsonObject { ["grant"] = grant.Id, ["expiresAt"] = Instants.ToText(lease.ExpiresAt) };
        await events.AppendAsync(session, AuditEvent.By(actor, "lease", leaseId, 1, "lease.minting", now, grant.RequestId, data), cancellationToken);
        session.AfterCommit(() => wakeups.DueAt(lease.MintDeadline));
        return new Intent(lease, grant, issuer, order, plan, isProbe);
    }

    private async Task<MintOutcome> MintAsync(Intent intent, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var place = await gates.EnterAsync(intent.Lease.Target, either.Token);
            // WaitAsync: an issuer that does not honour its token must not hold the answer.
            return await intent.Issuer.MintAsync(intent.Order, intent.Plan, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new MintOutcome.Unavailable($"{intent.Order.Issuer} did not answer within {options.Timeout.TotalSeconds:0} s.");
        }
        catch (OperationCanceledException)
        {
            return new MintOutcome.Unavailable("The call was given up before the credential was there.", Obstacle.Unfinished);
        }
    }

    /// <returns>Whether the credential may be handed out.</returns>
    private async Task<bool> HandOutAsync(Session session, Actor actor, Intent intent, CancellationToken cancellationToken)
    {
        var grant = await grants.LockAsync(session, intent.Grant.Id, cancellationToken);
        var now = clock.GetUtcNow();
        var isInTime = grant!.IsActive && now < grant.EndsAt && now < intent.Lease.MintDeadline
            && await moves.ActivateAsync(session, intent.Lease, actor, grant.RequestId, now, cancellationToken);
        if (isInTime)
            await announcer.MovedAsync(session, grant.RequestId, now, cancellationToken);
        await lanes.LearnAsync(session, intent.Lease.Target, new Answer(null, null, null, IsMint: true), intent.IsProbe, now, cancellationToken);
        return isInTime;
    }

    /// <param name="wasGivenUp">By its holder, which says nothing about the target.</param>
    private async Task<Refusal> GiveUpAsync(Intent intent, MintOutcome outcome, bool wasGivenUp)
    {
        var refusal = outcome switch
        {
            MintOutcome.Refused refused => new Refusal(Codes.IssuerRefused, refused.Why),
            MintOutcome.Unavailable { Obstacle: Obstacle.Denied } denied => new Refusal(Codes.IssuerRefused, denied.Why),
            MintOutcome.Unavailable away => new Refusal(Codes.IssuerUnavailable, away.Why) { RetryAfter = Patience.Of(away) },
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no reason to give up."),
        };
        await database.WriteAsync(
            async session =>
            {
                await LetGoAsync(session, intent, refusal.Text);
                if (!wasGivenUp)
                    await lanes.LearnAsync(session, intent.Lease.Target, Answer.Of(outcome), intent.IsProbe, clock.GetUtcNow(), CancellationToken.None);
            },
            CancellationToken.None);
        return refusal;
    }

    /// <summary>Nothing of this mint is under way any more: its end is begun, or, where it was begun meanwhile, may go on.</summary>
    private async Task LetGoAsync(Session session, Intent intent, string? why)
    {
        await grants.LockAsync(session, intent.Grant.Id, CancellationToken.None);
        var failed = intent.Lease with { LastError = why };
        if (await moves.BeginRevokingAsync(session, failed, intent.Grant.RequestId, LeaseMoves.Because.MintFailed, clock.GetUtcNow(), CancellationToken.None) is not null)
            return;
        await leases.ReleaseAsync(session, intent.Lease, replica.Id, CancellationToken.None);
        session.AfterCommit(() => wakeups.Pulse(Sweep.RevokeLeases));
    }

    /// <summary>At once and once, while nobody else may go there for it; the sweep does it again and verifies, whatever comes of this.</summary>
    private async Task UndoAsync(Intent intent)
    {
        var left = intent.Lease.MintDeadline - clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
            return;
        using var timeout = new CancellationTokenSource(left < options.EndTimeout ? left : options.EndTimeout, clock);
        try
        {
            await intent.Issuer.EndAsync(intent.Plan.Handle, timeout.Token).WaitAsync(timeout.Token);
        }
        catch (Exception)
        {
            wakeups.Pulse(Sweep.RevokeLeases);
        }
    }

    private Task<Refusal> RefuseAsync(Actor actor, string grantId, Refusal refusal, CancellationToken cancellationToken) =>
        refusals.RecordAsync(actor, "lease.collect", null, grantId, refusal, cancellationToken);

    private static Refusal Undo(Session session, Refusal refusal)
    {
        session.Doom();
        return refusal;
    }
}
