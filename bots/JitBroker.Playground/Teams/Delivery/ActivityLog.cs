using System.Globalization;

namespace JitBroker.Playground.Teams.Delivery;

/// <summary>The last thousand activities, so that any can be looked at or sent again byte for byte.</summary>
internal sealed class ActivityLog
{
    private const int Kept = 1000;
    private readonly Lock _gate = new();
    private readonly LinkedList<ActivityRecord> _records = [];
    private long _count;

    public string NextId() => string.Create(CultureInfo.InvariantCulture, $"TL{Interlocked.Increment(ref _count):D6}");

    public void Add(ActivityRecord record)
    {
        lock (_gate)
        {
            _records.AddLast(record);
            if (_records.Count > Kept) _records.RemoveFirst();
        }
    }

    public ActivityRecord? Find(string id)
    {
        lock (_gate) return _records.FirstOrDefault(r => r.Id == id);
    }

    public IReadOnlyList<ActivityRecord> All()
    {
        lock (_gate) return [.. _records];
    }
}
