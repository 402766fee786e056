using System.Globalization;

namespace JitBroker.Playground.Delivery;

/// <summary>One request to the app exactly as it went out, and what came back.</summary>
internal sealed record DeliveryRecord(string Id, DateTimeOffset At, DeliveryKind Kind, string Type, Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public DeliveryOutcome? Outcome { get; set; }

    /// <summary>What it was made of, so that it can go another way too.</summary>
    public required AppDelivery Source { get; init; }
    public TimeSpan Took { get; set; }
}

/// <summary>The last thousand deliveries, so that any can be looked at or sent again byte for byte.</summary>
internal sealed class DeliveryLog
{
    private const int Kept = 1000;
    private readonly Lock _gate = new();
    private readonly LinkedList<DeliveryRecord> _records = [];
    private long _count;

    public string NextId() => string.Create(CultureInfo.InvariantCulture, $"DL{Interlocked.Increment(ref _count):D6}");

    public void Add(DeliveryRecord record)
    {
        lock (_gate)
        {
            _records.AddLast(record);
            if (_records.Count > Kept) _records.RemoveFirst();
        }
    }

    public DeliveryRecord? Find(string id)
    {
        lock (_gate) return _records.FirstOrDefault(r => r.Id == id);
    }

    public IReadOnlyList<DeliveryRecord> All()
    {
        lock (_gate) return [.. _records];
    }
}
