using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>What a poll came to (RFC 8628 §3.5).</summary>
public abstract record SignInPolled
{
    private SignInPolled()
    {
    }

    /// <summary>Nobody has answered yet: <c>authorization_pending</c>.</summary>
    public sealed record Pending : SignInPolled;

    /// <summary>Nobody has answered yet and the poll came too soon: <c>slow_down</c>. From now on <paramref name="Interval"/> is to be kept.</summary>
    public sealed record SlowDown(TimeSpan Interval) : SignInPolled;

    /// <summary>The code died: <c>expired_token</c>.</summary>
    public sealed record Expired : SignInPolled;

    /// <summary>The person said no, or may not sign in any more: <c>access_denied</c>.</summary>
    public sealed record Denied : SignInPolled;

    /// <summary>No such code, or it was redeemed: <c>invalid_grant</c> (RFC 6749 §5.2).</summary>
    public sealed record Unknown : SignInPolled;

    /// <summary>Signed in. The token is told this once.</summary>
    public sealed record SignedIn(string Token, PersonSession Session) : SignInPolled
    {
        public override string ToString() => $"SignedIn {{ Session = {Session.Id} }}";
    }
}

/// <summary>The terminal or browser polls. The first poll after the confirmation gets the session; every new session is announced to its person by chat.</summary>
public sealed class RedeemSignIn(
    Database database, SignInStore signIns, SessionStore sessions, EventStore events, Announcer announcer, CatalogHolder catalogs, TimeProvider clock)
{
    private static readonly TimeSpan SlowerBy = TimeSpan.FromSeconds(5);

    // A terminal that waits exactly the interval must not be told off for the network's jitter.
    private static readonly TimeSpan Leniency = TimeSpan.FromMilliseconds(500);

    /// <param name="surface">Where the poller's own calls come from: <see cref="Surface.Cli"/>, <see cref="Surface.Api"/> or <see cref="Surface.Web"/>.</param>
    public Task<SignInPolled> HandleAsync(string deviceCode, Surface surface, CancellationToken cancellationToken)
    {
        var hash = SignInCodes.Hash(deviceCode);
        var token = SignInCodes.NewSecret();
        return database.WriteAsync(session => PollAsync(session, hash, token, surface, cancellationToken), cancellationToken);
    }

    private async Task<SignInPolled> PollAsync(Session session, string hash, string token, Surface surface, CancellationToken cancellationToken)
    {
        var signIn = await signIns.LockByDeviceCodeAsync(session, hash, cancellationToken);
        var now = clock.GetUtcNow();
        if (signIn is null or { State: SignIn.Redeemed })
            return new SignInPolled.Unknown();
        if (signIn.State == SignIn.Refused)
            return new SignInPolled.Denied();
        if (now >= signIn.ExpiresAt)
            return new SignInPolled.Expired();
        if (signIn.State != SignIn.Confirmed)
            return await WaitAsync(session, signIn, now, cancellationToken);
        var directory = catalogs.Directory;
        if (directory.Find(signIn.Person!) is not { } person)
        {
            await signIns.MoveAsync(session, signIn, signIn with { State = SignIn.Refused }, cancellationToken);
            await events.AppendAsync(session, AuditEvent.BySystem("sign_in", signIn.ConfirmId!, 3, "sign_in.refused", now, null, new JsonObject { ["because"] = "inactive" }), cancellationToken);
            return new SignInPolled.Denied();
        }

        return await BeginAsync(session, directory, signIn, new Actor(person, surface, signIn.Identity), token, now, cancellationToken);
    }

    private async Task<SignInPolled> WaitAsync(Session session, SignIn signIn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromSeconds(signIn.PollIntervalS);
        var tooSoon = signIn.LastPollAt is { } last && now - last < interval - Leniency;
        var next = tooSoon ? interval + SlowerBy : interval;
        await signIns.NotePollAsync(session, signIn with { LastPollAt = now, PollIntervalS = (int)next.TotalSeconds }, cancellationToken);
        return tooSoon ? new SignInPolled.SlowDown(next) : new SignInPolled.Pending();
    }

    private async Task<SignInPolled> BeginAsync(
        Session session, PeopleDirectory directory, SignIn signIn, Actor actor, string token, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await signIns.MoveAsync(session, signIn, signIn with { State = SignIn.Redeemed }, cancellationToken);
        await events.AppendAsync(session, AuditEvent.By(actor, "sign_in", signIn.ConfirmId!, 3, "sign_in.redeemed", now, null), cancellationToken);
        var started = new PersonSession
        {
            Id = Ids.New(now),
            Version = 1,
            Person = actor.Email,
            Scope = signIn.Scope,
            TokenHash = SignInCodes.Hash(token),
            StartedAt = now,
            EndsAt = now + SessionScopes.Parse(signIn.Scope)!.Value.Lifetime(),
            Address = signIn.Address,
            Host = signIn.Host,
        };
        await sessions.InsertAsync(session, started, cancellationToken);
        var data = new JsonObject
        {
            ["scope"] = started.Scope, ["address"] = started.Address, ["host"] = started.Host, ["endsAt"] = Instants.ToText(started.EndsAt), ["signIn"] = signIn.ConfirmId,
        };
        await events.AppendAsync(session, AuditEvent.By(actor, "session", started.Id, 1, "session.started", now, null, data), cancellationToken);
        await announcer.TellAsync(session, directory, started.Person, Templates.SignInNotice, started.Id, now, now, null, cancellationToken);
        return new SignInPolled.SignedIn(token, started);
    }
}
