using System.Collections.Frozen;

namespace JitBroker.People.OnCall;

/// <summary>What a schedule says now, or that it cannot be told.</summary>
public abstract record OnCallAnswer
{
    private OnCallAnswer()
    {
    }

    /// <param name="Emails">Canonical. Nobody is an answer too.</param>
    public sealed record Known(FrozenSet<string> Emails) : OnCallAnswer;

    /// <summary>Never approves and never makes eligible (rule 10).</summary>
    /// <param name="Why">For people, without a full stop: <c>PagerDuty did not answer</c>. Never a secret.</param>
    public sealed record Unknown(string Why) : OnCallAnswer;
}
