using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.People.OnCall;

/// <summary>Asks one kind of on-call service who is on call now. Called outside any transaction, by the sweep alone.</summary>
public interface IOnCallSource
{
    /// <summary><c>pagerduty</c>, <c>opsgenie</c> or <c>http</c>: the catalog's <c>schedule.kind</c>.</summary>
    string Kind { get; }

    /// <summary>How people call it in a sentence.</summary>
    string NameOf(OnCallSchedule schedule);

    /// <summary>Everybody on call now, over all rotations and levels, read to the last page. Anything amiss is <see cref="OnCallAnswer.Unknown"/>; nothing is thrown but the caller's cancellation.</summary>
    Task<OnCallAnswer> ReadAsync(OnCallSchedule schedule, Secret token, CancellationToken cancellationToken);
}
