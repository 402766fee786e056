using JitBroker.Server.Settings;

namespace JitBroker.Server.Scim;

/// <summary>SCIM 2.0 (RFC 7643, 7644) for identity providers: there only when <c>Scim:Clients</c> names one. Not part of the API for people and their tools.</summary>
internal static class ScimEndpoints
{
    public static IServiceCollection AddScim(this IServiceCollection services) =>
        services.AddSingleton<ScimResources>().AddSingleton<ScimUserCalls>().AddSingleton<ScimGroupCalls>().AddSingleton<ScimDiscovery>();

    public static void MapScim(this WebApplication app)
    {
        if (app.Services.GetRequiredService<BrokerSettings>().Scim.Clients.Count == 0)
            return;
        var scim = app.MapGroup(ScimResources.Base).AddEndpointFilter<ScimErrors>().AddEndpointFilter<ScimAuth>().ExcludeFromDescription();
        MapDiscovery(scim);
        MapUsers(scim.MapGroup("/Users"));
        MapGroups(scim.MapGroup("/Groups"));
        scim.Map("/{**rest}", IResult () => throw ScimException.NotFound());
    }

    private static void MapDiscovery(RouteGroupBuilder scim)
    {
        scim.MapGet("/ServiceProviderConfig", (ScimDiscovery discovery) => discovery.ProviderConfig());
        scim.MapGet("/ResourceTypes", (ScimDiscovery discovery) => discovery.ResourceTypes());
        scim.MapGet("/ResourceTypes/{id}", (ScimDiscovery discovery, string id) => discovery.ResourceType(id));
        scim.MapGet("/Schemas", (ScimDiscovery discovery) => discovery.Schemas());
        scim.MapGet("/Schemas/{id}", (ScimDiscovery discovery, string id) => discovery.Schema(id));
    }

    private static void MapUsers(RouteGroupBuilder users)
    {
        users.MapGet("/", (HttpContext context, ScimUserCalls calls) => calls.ListAsync(context));
        users.MapPost("/.search", (HttpContext context, ScimUserCalls calls) => calls.SearchAsync(context));
        users.MapPost("/", (HttpContext context, ScimUserCalls calls) => calls.CreateAsync(context));
        users.MapGet("/{id}", (HttpContext context, ScimUserCalls calls, string id) => calls.GetAsync(context, id));
        users.MapPut("/{id}", (HttpContext context, ScimUserCalls calls, string id) => calls.ReplaceAsync(context, id));
        users.MapPatch("/{id}", (HttpContext context, ScimUserCalls calls, string id) => calls.PatchAsync(context, id));
        users.MapDelete("/{id}", (HttpContext context, ScimUserCalls calls, string id) => calls.DeleteAsync(context, id));
    }

    private static void MapGroups(RouteGroupBuilder groups)
    {
        groups.MapGet("/", (HttpContext context, ScimGroupCalls calls) => calls.ListAsync(context));
        groups.MapPost("/.search", (HttpContext context, ScimGroupCalls calls) => calls.SearchAsync(context));
        groups.MapPost("/", (HttpContext context, ScimGroupCalls calls) => calls.CreateAsync(context));
        groups.MapGet("/{id}", (HttpContext context, ScimGroupCalls calls, string id) => calls.GetAsync(context, id));
        groups.MapPut("/{id}", (HttpContext context, ScimGroupCalls calls, string id) => calls.ReplaceAsync(context, id));
        groups.MapPatch("/{id}", (HttpContext context, ScimGroupCalls calls, string id) => calls.PatchAsync(context, id));
        groups.MapDelete("/{id}", (HttpContext context, ScimGroupCalls calls, string id) => calls.DeleteAsync(context, id));
    }
}
