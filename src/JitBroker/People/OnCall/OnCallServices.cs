using JitBroker.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.People.OnCall;

/// <summary>Registration of on-call schedules: a new kind is a class here, its name in the catalog's reader and a line in <see cref="OnCallAddresses"/>.</summary>
internal static class OnCallServices
{
    public static IServiceCollection AddOnCall(this IServiceCollection services) =>
        services
            .AddSingleton<OnCallBook>()
            .AddSingleton<OnCallHttp>()
            .AddSingleton<IOnCallSource, PagerDutySource>()
            .AddSingleton<IOnCallSource, OpsgenieSource>()
            .AddSingleton<IOnCallSource, HttpSource>()
            .AddSingleton<ReadSchedules>()
            .AddSingleton<ISweep, ReadSchedulesSweep>();
}

/// <summary>Rings each second; asks only schedules that are due.</summary>
internal sealed class ReadSchedulesSweep(ReadSchedules read) : ISweep
{
    public Sweep Sweep => Sweep.ReadSchedules;

    public Task RunAsync(CancellationToken cancellationToken) => read.RunAsync(cancellationToken);
}
