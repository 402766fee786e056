using JitBroker.Bots.Chat;
using JitBroker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Somebody typed that access shall end and was told "Ending … now": once the end is verified, that answer becomes the verified end. A courtesy, held in memory
/// and lost with the process: the cards tell it in any case.
/// </summary>
internal sealed partial class EndFollowUp(ChatService chat, PrivateAnswers answers, TimeProvider clock, IHostApplicationLifetime lifetime, ILogger<EndFollowUp> log)
{
    private const int Most = 200;

    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(5);

    /// <summary>Below the half hour for which a private answer can be replaced.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(25);

    private int _following;

    /// <summary>Returns at once. Beyond a bounded number nobody is followed.</summary>
    public void Begin(SlackDelivery delivery, string grantId)
    {
        if (Interlocked.Increment(ref _following) <= Most)
            _ = FollowAsync(delivery, grantId, lifetime.ApplicationStopping);
        else
            Interlocked.Decrement(ref _following);
    }

    private async Task FollowAsync(SlackDelivery delivery, string grantId, CancellationToken cancellationToken)
    {
        try
        {
            var until = clock.GetUtcNow() + Longest;
            for (var pause = First; clock.GetUtcNow() < until; pause = pause * 2 < Slowest ? pause * 2 : Slowest)
            {
                await Task.Delay(pause, clock, cancellationToken);
                if (await chat.EndedAsync(grantId, cancellationToken) is not { } ended)
                    continue;
                await answers.SayAsync(delivery, ended, replaceOriginal: true, cancellationToken);
                return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(log, grantId);
        }
        catch (DatabaseUnavailableException e)
        {
            LogAway(log, grantId, e);
        }
        finally
        {
            Interlocked.Decrement(ref _following);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Stopped before the end of grant {GrantId} was told to who asked for it; the cards tell it")]
    private static partial void LogStopped(ILogger log, string grantId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database was away, so the end of grant {GrantId} is told by the cards only")]
    private static partial void LogAway(ILogger log, string grantId, Exception exception);
}
