using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Server.Pages;

/// <summary>
/// One rendering of the form reveals one credential: a reload that posts it again, or a second press, mints nothing. Remembers that a form was used, never what it showed.
/// </summary>
internal sealed class RevealOnce(Database database, IdempotencyStore keys, TimeProvider clock)
{
    /// <returns>False when this form was used before.</returns>
    public Task<bool> TakeAsync(string person, string grantId, Posted posted, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // Never done and never free again: there is no answer to be kept.
        var key = new IdempotencyKey
        {
            Person = person, Method = HttpMethods.Post, Path = "/c/" + grantId, Key = posted.Nonce, BodyHash = "", CreatedAt = now, RunningUntil = now + IdempotencyStore.KeptFor,
        };
        return database.WriteAsync(session => keys.TakeAsync(session, key, cancellationToken), cancellationToken);
    }
}
