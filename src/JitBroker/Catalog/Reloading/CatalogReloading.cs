using JitBroker.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Catalog.Reloading;

/// <summary>Registration of what keeps a catalog file and the catalog in force together.</summary>
public static class CatalogReloading
{
    /// <summary>The host calls <see cref="ReloadCatalog.StartAsync"/> after the migrations; the sweep does the rest.</summary>
    public static IServiceCollection AddCatalogReload(this IServiceCollection services, CatalogReloadOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<CatalogStanding>()
            .AddSingleton<TakeCatalog>()
            .AddSingleton<RefuseCatalog>()
            .AddSingleton<ReloadCatalog>()
            .AddSingleton<WaitingCatalogs>()
            .AddSingleton<AcceptWaitingCatalog>()
            .AddSingleton<ISweep, ReloadCatalogSweep>();
}

/// <summary>Each second; a look at a file that stands still costs one row and its name, length and time.</summary>
internal sealed class ReloadCatalogSweep(ReloadCatalog reload) : ISweep
{
    public Sweep Sweep => Sweep.ReloadCatalog;

    public Task RunAsync(CancellationToken cancellationToken) => reload.RunAsync(cancellationToken);
}
