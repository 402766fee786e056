using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>What the person who typed a code is asked to confirm.</summary>
/// <param name="ConfirmId">Names the question in <see cref="AnswerSignIn"/>.</param>
/// <param name="Address">The address that the server saw.</param>
/// <param name="Host">What the machine says it is called; untrusted, may be empty.</param>
/// <param name="IsOfBrowser">A browser at a page of ours asks; otherwise a terminal.</param>
public sealed record SignInPrompt(string ConfirmId, bool IsOfBrowser, string Address, string Host, SessionScope Scope, DateTimeOffset StartedAt, DateTimeOffset ExpiresAt);

/// <summary>
/// A person typed a code in chat. The first who does is asked about it, and nobody else ever is. Three unknown codes by one person within ten minutes
/// lock this for that person for ten minutes, right codes included (attack I3).
/// </summary>
public sealed class ShowSignIn(Database database, SignInStore signIns, EventStore events, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    public async Task<Outcome<SignInPrompt>> HandleAsync(Actor chatActor, string code, CancellationToken cancellationToken)
    {
        var hash = SignInCodes.Normalize(code) is { } typed ? SignInCodes.Hash(typed) : null;
        var outcome = await database.WriteAsync(session => ShowAsync(session, chatActor, hash, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal && refusal.Code != Codes.RateLimited
            ? await refusals.RecordAsync(chatActor, "sign_in.show", null, null, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<SignInPrompt>> ShowAsync(Session session, Actor actor, string? hash, CancellationToken cancellationToken)
    {
        if (catalogs.Directory.Find(actor.Email) is null)
            return new Refusal(Codes.Inactive, "You are not in the catalog any more, so you can't sign in. Ask the platform team.");
        await signIns.LockPersonAsync(session, actor.Email, cancellationToken);
        var now = clock.GetUtcNow();
        if (SignInLock.Until(await signIns.LastMissesAsync(session, actor.Email, cancellationToken)) is { } until && now < until)
        {
            return new Refusal(Codes.RateLimited, string.Create(CultureInfo.InvariantCulture, $"You typed three codes that I don't know, so login is locked for you until {until:HH:mm:ss} UTC. Then start the sign-in again for a new code."))
            {
                RetryAfter = until - now,
            };
        }

        var signIn = hash is null ? null : await signIns.LockByUserCodeAsync(session, hash, cancellationToken);
        if (signIn is not null && signIn.State != SignIn.Waiting && signIn.Person == actor.Email)
            return new Refusal(Codes.NotFound, "You used this code already: a code works once. Answer the question you were asked, or start the sign-in again for a new code.");
        if (signIn is not { State: SignIn.Waiting } || now >= signIn.ExpiresAt)
        {
            await signIns.InsertMissAsync(session, actor.Email, now, cancellationToken);
            return new Refusal(Codes.NotFound, "I don't know this code. Codes live five minutes and work once: look at it again, or start the sign-in again for a new one.");
        }

        return await AskAsync(session, actor, signIn, now, cancellationToken);
    }

    private async Task<SignInPrompt> AskAsync(Session session, Actor actor, SignIn signIn, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var shown = signIn with { State = SignIn.Shown, Person = actor.Email, Identity = actor.Via, ConfirmId = Ids.New(now) };
        await signIns.MoveAsync(session, signIn, shown, cancellationToken);
        var data = new JsonObject { ["scope"] = shown.Scope, ["address"] = shown.Address, ["host"] = shown.Host };
        await events.AppendAsync(session, AuditEvent.By(actor, "sign_in", shown.ConfirmId, 1, "sign_in.shown", now, null, data), cancellationToken);
        return new SignInPrompt(shown.ConfirmId, shown.IsOfBrowser, shown.Address, shown.Host, SessionScopes.Parse(shown.Scope)!.Value, shown.CreatedAt, shown.ExpiresAt);
    }
}
