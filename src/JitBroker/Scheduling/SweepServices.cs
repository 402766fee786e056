using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Scheduling;

/// <summary>How a slice has its periodic work rung.</summary>
public static class SweepServices
{
    /// <summary>Has the alarm clock ring one that is registered already.</summary>
    /// <param name="run">What a ring does; as <see cref="ISweep.RunAsync"/>.</param>
    public static IServiceCollection AddSweep<T>(this IServiceCollection services, Sweep sweep, Func<T, CancellationToken, Task> run)
        where T : notnull =>
        services.AddSingleton<ISweep>(provider => new Ring<T>(provider.GetRequiredService<T>(), sweep, run));

    private sealed class Ring<T>(T worker, Sweep sweep, Func<T, CancellationToken, Task> run) : ISweep
    {
        public Sweep Sweep => sweep;

        public Task RunAsync(CancellationToken cancellationToken) => run(worker, cancellationToken);
    }
}
