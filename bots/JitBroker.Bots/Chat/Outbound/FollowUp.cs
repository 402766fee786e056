using JitBroker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Chat;

/// <summary>
/// Somebody typed a command whose last word was not known yet when they were answered: that access ends, or where their request is asked about. Once it is, they
/// are told. A courtesy, held in memory and lost with the process: the cards tell it in any case.
/// </summary>
internal sealed partial class FollowUp(ChatService chat, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<FollowUp> log)
{
    private const int Most = 200;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(5);

    /// <summary>Below the half hour for which Slack lets a private answer be replaced.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(25);

    /// <summary>A card that is not posted by then is not worth a link: its asker has been told by their own card.</summary>
    private static readonly TimeSpan PostedWithin = TimeSpan.FromMinutes(1);

    private int _following;

    /// <summary>Tells the verified end of a grant. Returns at once.</summary>
    public void TellEnd(string grantId, Func<ChatMessage, CancellationToken, Task> tell) => Begin(grantId, EndsWithin, token => chat.EndedAsync(grantId, token), tell);

    /// <summary>Tells where the card of a request stands, when it is posted. Returns at once.</summary>
    /// <param name="look">Null: not known yet.</param>
    public void TellWhere(string requestId, Func<CancellationToken, Task<ChatMessage?>> look, Func<ChatMessage, CancellationToken, Task> tell) => Begin(requestId, PostedWithin, look, tell);

    /// <summary>Beyond a bounded number nobody is followed.</summary>
    private void Begin(string about, TimeSpan longest, Func<CancellationToken, Task<ChatMessage?>> look, Func<ChatMessage, CancellationToken, Task> tell)
    {
        if (Interlocked.Increment(ref _following) <= Most)
            _ = FollowAsync(about, longest, look, tell, lifetime.ApplicationStopping);
        else
            Interlocked.Decrement(ref _following);
    }

    private async Task FollowAsync(string about, TimeSpan longest, Func<CancellationToken, Task<ChatMessage?>> look, Func<ChatMessage, CancellationToken, Task> tell, CancellationToken cancellationToken)
    {
        try
        {
            var until = clock.GetUtcNow() + longest;
            for (var pause = First; clock.GetUtcNow() < until; pause = pause * 2 < Slowest ? pause * 2 : Slowest)
            {
                await Task.Delay(pause, clock, cancellationToken);
                if (await look(cancellationToken) is not { } known)
                    continue;
                await tell(known, cancellationToken);
                return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, about);
        }
        catch (DatabaseUnavailableException e)
        {
            LogAway(log, about, e);
        }
        finally
        {
            Interlocked.Decrement(ref _following);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Stopped before what came of {About} was told to who asked; the cards tell it")]
    private static partial void LogStopped(ILogger log, string about);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database was away, so what came of {About} is told by the cards only")]
    private static partial void LogAway(ILogger log, string about, Exception exception);
}
