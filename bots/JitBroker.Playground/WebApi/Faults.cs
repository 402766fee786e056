namespace JitBroker.Playground.WebApi;

/// <summary>
/// A fault that the next calls of a method meet. With <see cref="AfterEffect"/> the call takes effect first and only its answer is lost or wrong,
/// which is how one tests unknown outcomes.
/// </summary>
internal sealed record Fault(string Method, int Times, int Status, string? Error, int? RetryAfter, bool AfterEffect, TimeSpan Delay)
{
    /// <summary>No answer at all.</summary>
    public bool BreaksConnection { get; init; }

    /// <summary>The right answer, only late.</summary>
    public bool KeepsAnswer { get; init; }
}

/// <summary>Faults that wait to happen, oldest first. Method <c>*</c> means any.</summary>
internal sealed class Faults
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _waiting = [];

    public void Add(Fault fault)
    {
        lock (_gate) _waiting.Add(fault);
    }

    public void Clear()
    {
        lock (_gate) _waiting.Clear();
    }

    public Fault? Take(string method)
    {
        lock (_gate)
        {
            var at = _waiting.FindIndex(f => f.Method == method || f.Method == "*");
            if (at < 0) return null;
            var fault = _waiting[at];
            if (fault.Times <= 1) _waiting.RemoveAt(at);
            else _waiting[at] = fault with { Times = fault.Times - 1 };
            return fault;
        }
    }
}
