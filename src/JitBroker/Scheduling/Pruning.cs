using JitBroker.Storage;

namespace JitBroker.Scheduling;

/// <summary>Removing many rows without holding anybody up: batch by batch, each in a transaction of its own, so that SQLite's one writer is never long away.</summary>
internal static class Pruning
{
    /// <summary>Rows of one transaction.</summary>
    public const int Batch = 500;

    /// <summary>Batches of one run; what is left is the next minute's.</summary>
    public const int MostBatches = 100;

    /// <param name="remove">Removes at most so many rows and says how many it did.</param>
    /// <returns>How many rows were removed.</returns>
    public static async Task<int> PruneAsync(this Database database, Func<Session, int, Task<int>> remove, CancellationToken cancellationToken)
    {
        var removed = 0;
        for (var batch = 0; batch < MostBatches; batch++)
        {
            var some = await database.WriteAsync(session => remove(session, Batch), cancellationToken);
            removed += some;
            if (some < Batch)
                break;
        }

        return removed;
    }
}
