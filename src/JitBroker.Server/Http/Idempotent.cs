using System.Security.Cryptography;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Server.Http;

/// <summary>A use case called with work that must commit with it: rendering the answer, and storing it.</summary>
internal delegate Task<Outcome<T>> Effect<T>(CommitWith<T> together)
    where T : class;

/// <summary>
/// Idempotency-Key (contract §4): the key is taken before the call in a transaction of its own, and the answer is stored in the transaction of the effect,
/// so a caller who never heard can ask again and gets the very same bytes. What was refused had no effect and leaves the key free.
/// </summary>
internal sealed class Idempotent(Database database, IdempotencyStore keys, TimeProvider clock, ILogger<Idempotent> log)
{
    public const string Header = "Idempotency-Key";

    private const int LongestKey = 128;

    /// <summary>After it a call is taken for dead: far above what any call takes.</summary>
    private static readonly TimeSpan RunningFor = TimeSpan.FromMinutes(1);

    /// <param name="body">What was sent; another body under the same key is refused.</param>
    /// <param name="effect">Runs at most once per key.</param>
    /// <param name="render">The answer, from the state inside the transaction.</param>
    public async Task<Outcome<Answer>> RunAsync<T>(HttpContext context, byte[] body, Effect<T> effect, Func<Session, T, CancellationToken, Task<Answer>> render)
        where T : class
    {
        var key = KeyOf(context, body);
        if (key is not null && await TakeAsync(key, context.RequestAborted) is { } other)
            return other;
        var isDone = false;
        try
        {
            Answer? answer = null;
            var outcome = await effect(async (session, result, cancellationToken) =>
            {
                answer = await render(session, result, cancellationToken);
                if (key is not null)
                    await keys.AnswerAsync(session, key, answer.Status, answer.Body, answer.Location, cancellationToken);
            });
            isDone = outcome.Value is not null;
            return isDone ? answer! : outcome.Refusal!;
        }
        finally
        {
            if (key is not null && !isDone)
                await ReleaseAsync(key);
        }
    }

    /// <returns>Null when the key is this call's; otherwise the stored answer or the refusal.</returns>
    private async Task<Outcome<Answer>?> TakeAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        if (await database.WriteAsync(session => keys.TakeAsync(session, key, cancellationToken), cancellationToken))
            return null;
        var held = await database.ReadAsync(session => keys.FindAsync(session, key, cancellationToken), cancellationToken);
        if (held is not null && held.BodyHash != key.BodyHash)
            return (Outcome<Answer>)new Refusal(Codes.IdempotencyKeyReused, "This Idempotency-Key came with another body before. Use a new key for a new call.");
        return held is { State: "done" }
            ? (Outcome<Answer>)new Answer(held.Status!.Value, held.Answer ?? "", held.Location)
            : (Outcome<Answer>)new Refusal(Codes.InProgress, "A call with this Idempotency-Key is still running. Ask again in a moment with the same key.") { RetryAfter = TimeSpan.FromSeconds(1) };
    }

    private async Task ReleaseAsync(IdempotencyKey key)
    {
        try
        {
            // Not the call's token: a caller who went away must not leave the key taken.
            await database.WriteAsync(session => keys.ReleaseAsync(session, key, CancellationToken.None), CancellationToken.None);
        }
        catch (DatabaseUnavailableException e)
        {
            Log.KeyNotReleased(log, e);
        }
    }

    private IdempotencyKey? KeyOf(HttpContext context, byte[] body)
    {
        var given = context.Request.Headers[Header];
        if (given.Count == 0)
            return null;
        if (given.Count > 1 || given[0] is not { Length: >= 1 and <= LongestKey } key || key.Any(c => c is < '!' or > '~'))
            throw new ProblemException(Problems.Invalid("Idempotency-Key is one word of 1 to 128 visible ASCII characters."));
        var now = clock.GetUtcNow();
        return new IdempotencyKey
        {
            Person = Caller.Of(context).Email,
            Method = context.Request.Method,
            Path = context.Request.Path.Value ?? "/",
            Key = key,
            BodyHash = Convert.ToHexStringLower(SHA256.HashData(body)),
            CreatedAt = now,
            RunningUntil = now + RunningFor,
        };
    }
}
