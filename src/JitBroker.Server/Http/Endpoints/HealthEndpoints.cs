using JitBroker.Client;
using JitBroker.Server.Hosting;
using JitBroker.Server.Http.Documents;
using JitBroker.Server.Settings;

namespace JitBroker.Server.Http.Endpoints;

internal static class HealthEndpoints
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", (BrokerSettings settings) => Answer.Of(200, new HealthResource("ok", TestEndpoints: settings.Broker.AllowTestEndpoints))).WithTags("health").Open().Answers<HealthResource>(200).Says("healthz", "Whether the process lives.");
        routes.MapGet("/readyz", ReadyAsync).WithTags("health").Open().Answers<HealthResource>(200, 503).Says("readyz", "Whether this replica serves, and if not, why: catalog, migrations, keys, database.");
        return routes;
    }

    private static async Task<IResult> ReadyAsync(HttpContext context, Readiness readiness)
    {
        var health = await readiness.LookAsync(context.RequestAborted);
        return Answer.Of(health.Status == "ok" ? 200 : 503, health);
    }
}
