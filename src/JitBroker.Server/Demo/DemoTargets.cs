namespace JitBroker.Server.Demo;

/// <summary>The real servers of the demo. What starts in a second or two is there from the beginning; what takes longer comes later, by a change of the catalog, so that nobody waits for it.</summary>
internal sealed class DemoTargets(Uri broker) : IAsyncDisposable
{
    // A new one is a line here.
    private static readonly StartDemoTarget[] AtOnce = [DemoDatabase.StartAsync, DemoDoor.StartAsync];
    private static readonly StartDemoTarget[] Later = [DemoAws.StartAsync, DemoRabbitMq.StartAsync, DemoKafka.StartAsync];

    private readonly Lock _lock = new();
    private readonly List<IDemoTarget> _found = [];
    private readonly List<(Type? Target, string Why)> _absences = [];

    /// <summary>In the order of their lines.</summary>
    public IReadOnlyList<IDemoTarget> Found
    {
        get
        {
            lock (_lock)
                return [.. _found.OrderBy(t => t.Line, StringComparer.Ordinal)];
        }
    }

    /// <summary>Why each of the others is not there.</summary>
    public IReadOnlyList<string> Absences
    {
        get
        {
            lock (_lock)
                return [.. _absences.Select(a => a.Why)];
        }
    }

    /// <summary>Why this one is not there; null when it is, or nobody has looked yet.</summary>
    public string? AbsenceOf<T>()
        where T : IDemoTarget
    {
        lock (_lock)
            return _absences.Where(a => a.Target == typeof(T)).Select(a => a.Why).FirstOrDefault();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(AtOnce.Select(start => StartAsync(start, cancellationToken)));

    /// <summary>The slow ones, each told of when it is there, or known not to come.</summary>
    /// <param name="only">No others; empty: all of them.</param>
    public async Task StartLaterAsync(Func<IDemoTarget?, string, Task> tell, IReadOnlyCollection<Type> only, CancellationToken cancellationToken)
    {
        foreach (var start in Later.Where(s => only.Count == 0 || only.Contains(s.Method.DeclaringType)))
        {
            var (target, absence) = await StartAsync(start, cancellationToken);
            await tell(target, absence);
        }
    }

    public string? Secret(string name) => Found.Select(t => t.Secret(name)).FirstOrDefault(s => s is not null);

    public async ValueTask DisposeAsync()
    {
        foreach (var target in Found)
            await target.DisposeAsync();
    }

    private async Task<(IDemoTarget? Target, string Absence)> StartAsync(StartDemoTarget start, CancellationToken cancellationToken)
    {
        var (target, absence) = await start(broker, cancellationToken);
        lock (_lock)
        {
            if (target is not null)
                _found.Add(target);
            else
                _absences.Add((start.Method.DeclaringType, absence));
        }

        return (target, absence);
    }
}
