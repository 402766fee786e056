using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.People.SignIn;
using Microsoft.AspNetCore.Http.Features;
using Codes = JitBroker.Policy.Codes;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http;

/// <summary>Marks endpoints that need a session.</summary>
internal sealed class NeedsSession;

/// <summary>The signed-in caller of this call.</summary>
internal sealed record Caller(Actor Actor, PersonSession Session)
{
    public string Email => Actor.Email;

    public static Caller Of(HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException($"{context.Request.Path} is served without a session: its group lacks NeedsSession.");
}

/// <summary>
/// Bearer sessions, before anything of the call is looked at (401 comes first). A person who floods is slowed down, and nobody else.
/// </summary>
internal sealed class SessionMiddleware(RequestDelegate next, Sessions sessions, Throttles throttles, CatalogHolder catalogs)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<NeedsSession>() is null)
        {
            await next(context);
            return;
        }

        if (await FindAsync(context) is not { } live)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"jitbroker\"";
            throw new ProblemException(Problems.Of(401, Codes.Unauthenticated, "You are not signed in, or your session has ended. Sign in with jit login."));
        }

        if (throttles.People.Take(live.Person.Email) is { } wait)
            throw new ProblemException(Problems.Of(429, Codes.RateLimited, "You call faster than a person and their tools need to. Wait a moment."), wait);
        context.Features.Set(new Caller(live.ActorAt(SurfaceOf(context)), live.Session));
        await next(context);
    }

    /// <summary>Where calls with this User-Agent come from: <c>jit/1.2.3</c> is the command line.</summary>
    public static Surface SurfaceOf(HttpContext context) =>
        context.Request.Headers.UserAgent.ToString().StartsWith("jit/", StringComparison.Ordinal) ? Surface.Cli : Surface.Api;

    private async Task<SessionFound.Live?> FindAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } given || !given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || given.Length > 200)
            return null;
        return await sessions.FindAsync(given[Scheme.Length..].Trim(), context.RequestAborted) switch
        {
            SessionFound.Live live => live,
            SessionFound.Inactive => throw new ProblemException(Problems.Of(
                new Refusal(Codes.Inactive, "You are not in the catalog any more. Ask the platform team."), catalogs.Directory)),
            _ => null,
        };
    }
}

/// <summary>What needs a session that may decide.</summary>
internal static class DecidingSessions
{
    /// <summary>The refusal for a session that may only ask; null when it may decide.</summary>
    public static Refusal? ScopeObjection(this Caller caller) => caller.Session.MayDecide
        ? null
        : new Refusal(Codes.ScopeNeeded, "This session may ask and collect, but not decide. Sign in with jit login --can-decide, or decide in chat.");
}
