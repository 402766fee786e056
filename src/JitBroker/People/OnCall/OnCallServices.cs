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
            .AddSweep<ReadSchedules>(Sweep.ReadSchedules, static (read, token) => read.RunAsync(token));
}
