using System.Text.Json.Nodes;

namespace JitBroker.Playground.WebApi;

/// <summary>One call of the Web API or of a response_url, without its token.</summary>
internal sealed record CallRecord(DateTimeOffset At, string Method, JsonObject Arguments, int Status, JsonObject? Answer);

/// <summary>The last thousand calls.</summary>
internal sealed class CallLog
{
    private const int Kept = 1000;
    private readonly Lock _gate = new();
    private readonly LinkedList<CallRecord> _records = [];

    public void Add(CallRecord record)
    {
        lock (_gate)
        {
            _records.AddLast(record);
            if (_records.Count > Kept) _records.RemoveFirst();
        }
    }

    public IReadOnlyList<CallRecord> All()
    {
        lock (_gate) return [.. _records];
    }
}
