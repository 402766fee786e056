using System.Globalization;
using System.Text.Json.Nodes;
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
        wellKnown.MapGet("/audit-keys.json", AuditKeysAsync).Open().Answers<object>(200).Says("auditKeys", "Every public key it ever had, to check old checkpoints of the audit with. Tokens are checked with jwks.json.");
        return routes;
    }

    private static Answer Configuration(HttpContext context, Discovery discovery)
    {
        BeCached(context);
        return new Answer(200, discovery.Configuration().ToJsonString());
    }

    private static async Task<IResult> KeysAsync(HttpContext context, Discovery discovery) => Keys(context, await discovery.JwksAsync(context.RequestAborted));

    private static async Task<IResult> AuditKeysAsync(HttpContext context, Discovery discovery) => Keys(context, await discovery.AuditKeysAsync(context.RequestAborted));

    private static Answer Keys(HttpContext context, JsonObject? keys)
    {
        if (keys is null)
            throw new ProblemException(Problems.Of(503, Policy.Codes.Unavailable, "The signing keys of this replica are not loaded yet."), TimeSpan.FromSeconds(5));
        BeCached(context);
        return new Answer(200, keys.ToJsonString());
    }

    private static void BeCached(HttpContext context) =>
        context.Response.Headers.CacheControl = string.Create(CultureInfo.InvariantCulture, $"public, max-age={(int)SigningKeys.JwksMaxAge.TotalSeconds}");
}
