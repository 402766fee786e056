using JitBroker.Catalog;
using JitBroker.Issuing;
using Microsoft.Extensions.Logging;

namespace JitBroker.People.OnCall;

/// <summary>
/// Sweep: asks each schedule that the catalog in force names, long before its last reading grows too old, so that nobody who decides has to wait for
/// somebody else's service. Every replica asks for itself.
/// </summary>
public sealed partial class ReadSchedules(
    CatalogHolder catalogs, OnCallBook book, IEnumerable<IOnCallSource> sources, SecretResolver secrets, TimeProvider clock, ILogger<ReadSchedules> log)
{
    /// <summary>How long after a good answer a schedule is asked again.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    /// <summary>How long after a failure.</summary>
    public static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private const int AtOnce = 8;

    private readonly Dictionary<OnCallSchedule, DateTimeOffset> _due = [];
    private readonly HashSet<OnCallSchedule> _silent = [];
    private readonly Lock _lock = new();

    /// <returns>How many were asked.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var named = catalogs.Current.Groups.Values.Select(g => g.Schedule).OfType<OnCallSchedule>().ToHashSet();
        book.Keep(named);
        var due = Due(named, clock.GetUtcNow());
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (schedule, token) => await ReadAsync(schedule, token));
        return due.Count;
    }

    private List<OnCallSchedule> Due(HashSet<OnCallSchedule> named, DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var gone in _due.Keys.Where(s => !named.Contains(s)).ToList())
            {
                _due.Remove(gone);
                _silent.Remove(gone);
            }

            return [.. named.Where(s => !_due.TryGetValue(s, out var at) || at <= now)];
        }
    }

    private async Task ReadAsync(OnCallSchedule schedule, CancellationToken cancellationToken)
    {
        var askedAt = clock.GetUtcNow();
        var answer = await AskAsync(schedule, cancellationToken);
        book.Write(schedule, new OnCallReading(askedAt, answer));
        lock (_lock)
        {
            _due[schedule] = clock.GetUtcNow() + (answer is OnCallAnswer.Known ? Every : AfterFailure);
            Tell(schedule, answer);
        }
    }

    private async Task<OnCallAnswer> AskAsync(OnCallSchedule schedule, CancellationToken cancellationToken)
    {
        if (sources.FirstOrDefault(s => s.Kind == schedule.Kind) is not { } source)
            return new OnCallAnswer.Unknown($"schedules of kind {schedule.Kind} are not in this build");
        if (secrets.Resolve(schedule.Token).Secret is not { } token)
            return new OnCallAnswer.Unknown($"the token for {source.NameOf(schedule)} cannot be read");
        try
        {
            return await source.ReadAsync(schedule, token, cancellationToken);
        }
        catch (OnCallUnknownException e)
        {
            return new OnCallAnswer.Unknown(e.Message);
        }
    }

    private void Tell(OnCallSchedule schedule, OnCallAnswer answer)
    {
        if (answer is OnCallAnswer.Unknown unknown && _silent.Add(schedule))
            LogSilent(log, schedule.Kind, schedule.Id, unknown.Why);
        else if (answer is OnCallAnswer.Known && _silent.Remove(schedule))
            LogAnswers(log, schedule.Kind, schedule.Id);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The {Kind} schedule {Id} cannot be read ({Why}); a minute after its last answer nobody counts as on call there")]
    private static partial void LogSilent(ILogger log, string kind, string id, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "The {Kind} schedule {Id} answers again")]
    private static partial void LogAnswers(ILogger log, string kind, string id);
}
