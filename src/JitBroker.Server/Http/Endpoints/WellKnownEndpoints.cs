using System.Globalization;
using JitBroker.Issuers.Jwt;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

internal static class WellKnownEndpoints
{
    public static IEndpointRouteBuilder MapWellKnown(this IEndpointRouteBuilder routes)
    {
        var wellKnown = routes.MapGroup("/.well-known").WithTags("issuer");
        wellKnown.MapGet("/openid-configuration", Configuration).Open().Answers<object>(200).Says("openidConfiguration", "The broker as an OpenID Connect issuer.");
        wellKnown.MapGet("/jwks.json", KeysAsync).Open().Answers<object>(200).Says("jwks", "Its public keys, of all replicas.");
        return routes;
    }

    private static Answer Configuration(HttpContext context, Discovery discovery)
    {
        BeCached(context);
        return new Answer(200, discovery.Configuration().ToJsonString());
    }

    private static async Task<IResult> KeysAsync(HttpContext context, Discovery discovery)
    {
        if (await discovery.JwksAsync(context.RequestAborted) is not { } keys)
            throw new ProblemException(Problems.Of(503, Policy.Codes.Unavailable, "The signing keys of this replica are not loaded yet."), TimeSpan.FromSeconds(5));
        BeCached(context);
        return new Answer(200, keys.ToJsonString());
    }

    private static void BeCached(HttpContext context) =>
        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)SigningKeys.JwksMaxAge.TotalSeconds}");
}
