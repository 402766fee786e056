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
            .AddSweep<ReloadCatalog>(Sweep.ReloadCatalog, static (reload, token) => reload.RunAsync(token));
}
