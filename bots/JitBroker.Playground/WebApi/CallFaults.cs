using JitBroker.Playground.Chaos;

namespace JitBroker.Playground.WebApi;

/// <summary>The faults that calls meet by chance.</summary>
internal sealed class CallFaults(ChaosSwitch chaos)
{
    public Fault? Take(string method)
    {
        var settings = chaos.Settings;
        if (!settings.IsOn || !settings.Covers(method)) return null;
        if (chaos.Happens("rate_limit", method)) return new Fault(method, 1, 429, "ratelimited", settings.RetryAfter, AfterEffect: false, TimeSpan.Zero);
        if (chaos.Happens("error", method)) return new Fault(method, 1, 500, "internal_error", null, AfterEffect: false, TimeSpan.Zero);
        if (chaos.Happens("lose_answer", method)) return new Fault(method, 1, 0, null, null, AfterEffect: true, TimeSpan.Zero) { BreaksConnection = true };
        return chaos.Happens("slow_answer", method) ? new Fault(method, 1, 200, null, null, AfterEffect: true, chaos.Delay("slow_answer", method)) { KeepsAnswer = true } : null;
    }
}
