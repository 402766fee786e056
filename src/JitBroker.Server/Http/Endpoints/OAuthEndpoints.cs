using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Issuers.Jwt;
using JitBroker.People.SignIn;
using JitBroker.Server.Http.Documents;
using JitBroker.Server.Settings;
using SessionScope = JitBroker.People.SignIn.SessionScope;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>The device flow (RFC 8628) and introspection (RFC 7662). Errors are those of RFC 6749 §5.2.</summary>
internal static class OAuthEndpoints
{
    public static IEndpointRouteBuilder MapOAuth(this IEndpointRouteBuilder routes)
    {
        var oauth = routes.MapGroup("/oauth").WithTags("sign-in");
        oauth.MapPost("/device_authorization", StartAsync).Open().TakesForm("client_id", "scope", "host").Answers<DeviceAuthorization>(200).Says("deviceAuthorization", "Start a sign-in: the person types the code in chat.");
        oauth.MapPost("/token", TokenAsync).Open().TakesForm("grant_type", "device_code", "client_id").Answers<TokenReply>(200).Fails<OAuthError>(400).Says("token", "Poll for the session: authorization_pending, slow_down, expired_token, access_denied, or the token.");
        oauth.MapPost("/introspect", IntrospectAsync).ByBasic().TakesForm("token", "token_type_hint").Answers<IntrospectionReply>(200).Says("introspect", "Whether a token of ours is alive. Callers are named by the jwt issuer's introspectors.");
        routes.MapGet("/device", Page).WithTags("sign-in").Open().Answers(200).Says("device", "Says how to confirm a sign-in. Changes nothing.");
        return routes;
    }

    private static async Task<IResult> StartAsync(HttpContext context, StartSignIn start, Throttles throttles, BrokerSettings settings, CatalogHolder catalogs)
    {
        if (throttles.SignIns.Take(context.ClientNetwork()) is { } wait)
            return new RefusalResult(new Policy.Refusal(Policy.Codes.RateLimited, "Too many sign-ins were started from your address. Wait a moment.") { RetryAfter = wait }, catalogs.Directory);
        var form = await FormBody.ReadAsync(context);
        if (form.Fault(OAuthErrors.ClientId) is { } fault)
            return fault;
        if (SessionScopes.Parse(form["scope"] ?? "ask") is not { } scope)
            return FormBody.Error("invalid_scope", "The scope is ask or decide.");
        var outcome = await start.HandleAsync(scope, SessionMiddleware.SurfaceOf(context), context.ClientAddress(), form["host"], context.RequestAborted);
        if (outcome.Value is not { } started)
            return new RefusalResult(outcome.Refusal!, catalogs.Directory);
        return Answer.Of(200, new DeviceAuthorization
        {
            DeviceCode = started.DeviceCode,
            UserCode = started.UserCode,
            VerificationUri = settings.Broker.PublicUrl.AbsoluteUri.TrimEnd('/') + "/device",
            ExpiresIn = (int)started.ExpiresIn.TotalSeconds,
            Interval = (int)started.Interval.TotalSeconds,
        });
    }

    private static async Task<IResult> TokenAsync(HttpContext context, RedeemSignIn redeem, Throttles throttles, CatalogHolder catalogs)
    {
        if (throttles.Polls.Take(context.ClientNetwork()) is { } wait)
            return new RefusalResult(new Policy.Refusal(Policy.Codes.RateLimited, "Too many polls came from your address. Wait a moment.") { RetryAfter = wait }, catalogs.Directory);
        var form = await FormBody.ReadAsync(context);
        if (form.Fault(OAuthErrors.ClientId) is { } fault)
            return fault;
        if (form["grant_type"] is not { } grantType)
            return FormBody.Error("invalid_request", "grant_type is missing.");
        if (grantType != OAuthErrors.DeviceGrantType)
            return FormBody.Error("unsupported_grant_type", "Only the device grant is served.");
        if (form["device_code"] is not { Length: > 0 and <= 200 } deviceCode)
            return FormBody.Error("invalid_request", "device_code is missing.");
        return await redeem.HandleAsync(deviceCode, SessionMiddleware.SurfaceOf(context), context.RequestAborted) switch
        {
            SignInPolled.Pending => FormBody.Error(OAuthErrors.AuthorizationPending, "Nobody has confirmed the code yet."),
            SignInPolled.SlowDown slower => FormBody.Error(OAuthErrors.SlowDown, $"Poll every {slower.Interval.TotalSeconds:0} seconds at most."),
            SignInPolled.Expired => FormBody.Error(OAuthErrors.ExpiredToken, "The code has expired. Sign in again for a new one."),
            SignInPolled.Denied => FormBody.Error(OAuthErrors.AccessDenied, "The sign-in was refused."),
            SignInPolled.SignedIn signedIn => Answer.Of(200, Of(signedIn)),
            _ => FormBody.Error("invalid_grant", "This device code is not known, or was used."),
        };
    }

    private static async Task<IResult> IntrospectAsync(HttpContext context, TokenIntrospection introspection)
    {
        var form = await FormBody.ReadAsync(context);
        var header = context.Request.Headers.Authorization;
        switch (await introspection.AnswerAsync(header.Count == 1 ? header[0] : null, form["token"], context.RequestAborted))
        {
            case IntrospectionOutcome.Answer _ when form["token"] is null:
                return FormBody.Error("invalid_request", "token is missing.");
            case IntrospectionOutcome.Answer answer:
                return new Answer(200, answer.Body.ToJsonString());
            default:
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"introspection\"";
                throw new ProblemException(Problems.Of(401, Policy.Codes.Unauthenticated, "Only the introspectors that the catalog names may ask, by HTTP Basic."));
        }
    }

    private static TokenReply Of(SignInPolled.SignedIn signedIn) => new()
    {
        AccessToken = signedIn.Token,
        TokenType = "Bearer",
        ExpiresIn = (int)SessionScopes.Parse(signedIn.Session.Scope)!.Value.Lifetime().TotalSeconds,
        Scope = signedIn.Session.Scope == SessionScope.Decide.ToText() ? Client.SessionScope.Decide : Client.SessionScope.Ask,
    };

    private static IResult Page() =>
        Results.Text("To sign in, type in chat:\n\n    /access login CODE\n\nwith the code that your terminal shows. Do so only if you ran `jit login` yourself, just now.\n", "text/plain; charset=utf-8");
}
