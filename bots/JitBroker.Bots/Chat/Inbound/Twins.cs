using JitBroker.Outbox;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>A delivery that must be answered in its call, and came twice.</summary>
internal static class Twins
{
    /// <summary>The row of the first one, once it was worked on; while it is, this waits for it. Null: not in time, or there is none.</summary>
    public static async Task<InboxItem?> AnswerAsync(Database database, InboxStore inbox, TimeProvider clock, string id, TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var first = await database.ReadAsync(session => inbox.FindAsync(session, id, cancellationToken), cancellationToken);
            if (first is { State: "done" or "dead" })
                return first;
            if (first is null || clock.GetElapsedTime(started) > patience)
                return null;
            await Task.Delay(TimeSpan.FromMilliseconds(50), clock, cancellationToken);
        }
    }
}
