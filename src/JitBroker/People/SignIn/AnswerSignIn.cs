using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.People.SignIn;

/// <summary>The person's answer is taken; the terminal or browser learns it at its next poll.</summary>
public sealed record SignInAnswered(bool Confirmed, bool IsOfBrowser, SessionScope Scope, string Address, string Host);

/// <summary>The person who typed the code says yes or no: only they, once, before it expires.</summary>
public sealed class AnswerSignIn(Database database, SignInStore signIns, EventStore events, Refusals refusals, CatalogHolder catalogs, TimeProvider clock)
{
    public async Task<Outcome<SignInAnswered>> HandleAsync(Actor chatActor, string confirmId, bool confirm, CancellationToken cancellationToken)
    {
        var outcome = await database.WriteAsync(session => AnswerAsync(session, chatActor, confirmId, confirm, cancellationToken), cancellationToken);
        return outcome.Refusal is { } refusal
            ? await refusals.RecordAsync(chatActor, "sign_in.answer", null, Ids.IsId(confirmId) ? confirmId : null, refusal, cancellationToken)
            : outcome;
    }

    private async Task<Outcome<SignInAnswered>> AnswerAsync(Session session, Actor actor, string confirmId, bool confirm, CancellationToken cancellationToken)
    {
        var signIn = Ids.IsId(confirmId) ? await signIns.LockByConfirmAsync(session, confirmId, cancellationToken) : null;
        var now = clock.GetUtcNow();
        if (signIn is null || signIn.Person != actor.Email)
            return new Refusal(Codes.NotFound, "This sign-in is not yours to confirm, or is over.");
        if (signIn.State != SignIn.Shown)
            return new Refusal(Codes.AlreadySettled, $"You answered this already: {(signIn.State == SignIn.Refused ? "refused" : "confirmed")}. Your press changed nothing.") { State = signIn.State };
        if (now >= signIn.ExpiresAt)
            return new Refusal(Codes.NotFound, "This sign-in has expired: a code lives five minutes. Start the sign-in again for a new one.");
        if (confirm && catalogs.Directory.Find(actor.Email) is null)
            return new Refusal(Codes.Inactive, "You are not in the catalog any more, so you can't sign in. Ask the platform team.");
        var answered = signIn with { State = confirm ? SignIn.Confirmed : SignIn.Refused };
        await signIns.MoveAsync(session, signIn, answered, cancellationToken);
        await events.AppendAsync(session, AuditEvent.By(actor, "sign_in", confirmId, 2, "sign_in." + answered.State, now, null), cancellationToken);
        return new SignInAnswered(confirm, signIn.IsOfBrowser, SessionScopes.Parse(signIn.Scope)!.Value, signIn.Address, signIn.Host);
    }
}
