using System.Security.Cryptography;
using System.Text;
using JitBroker.Server.Settings;

namespace JitBroker.Server.Scim;

/// <summary>The SCIM client of this call, by its name in <c>Scim:Clients</c>.</summary>
internal sealed record ScimCaller(string Name)
{
    public static ScimCaller Of(HttpContext context) =>
        context.Features.Get<ScimCaller>() ?? throw new InvalidOperationException($"{context.Request.Path} is served without its filter.");
}

/// <summary>Bearer tokens of SCIM clients, read anew at each call so that a replaced file counts at once. Compared by their hashes, in the same time whatever is sent.</summary>
internal sealed class ScimAuth(BrokerSettings settings) : IEndpointFilter
{
    private const string Scheme = "Bearer ";
    private const int LongestToken = 500;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        if (Find(context.HttpContext.Request.Headers.Authorization) is not { } client)
        {
            context.HttpContext.Response.Headers.WWWAuthenticate = "Bearer realm=\"jitbroker-scim\"";
            throw new ScimException(401, null, "The bearer token is missing, or is none of Scim:Clients.");
        }

        context.HttpContext.Features.Set(new ScimCaller(client));
        return await next(context);
    }

    private string? Find(Microsoft.Extensions.Primitives.StringValues header)
    {
        if (header.Count != 1 || header[0] is not { } given || !given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || given.Length > Scheme.Length + LongestToken)
            return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(given[Scheme.Length..].Trim()));
        string? found = null;
        foreach (var client in settings.Scim.Clients)
        {
            foreach (var token in client.Tokens)
            {
                if (CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(token.Current.Reveal()))))
                    found = client.Name;
            }
        }

        return found;
    }
}
