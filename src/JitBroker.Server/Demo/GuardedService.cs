using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace JitBroker.Server.Demo;

/// <summary>
/// The demo's target: a small service with something to protect. It trusts the broker as it would any OpenID issuer, by its published keys (signature, issuer,
/// audience, expiry, scope), and then asks it at each use whether the token still stands (RFC 7662), so that an early end holds at once.
/// </summary>
internal sealed class GuardedService : IAsyncDisposable
{
    private const string Scope = "logs.read";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WebApplication _web;
    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly Uri _broker;
    private readonly string _secret;

    private GuardedService(WebApplication web, Uri url, Uri broker, string secret) => (_web, Url, _broker, _secret) = (web, url, broker, secret);

    public Uri Url { get; }

    public static async Task<GuardedService> StartAsync(Uri listen, Uri broker, string secret, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "JitBroker.Server" });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, listen.Port));
        var web = builder.Build();
        var service = new GuardedService(web, listen, broker, secret);
        web.MapGet("/", () => TypedResults.Content(GuardedPage.Html, "text/html; charset=utf-8"));
        web.MapGet("/logs", service.ReadLogsAsync);
        await web.StartAsync(cancellationToken);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        _http.Dispose();
    }

    private async Task<Results<Ok<LogLines>, JsonHttpResult<Refused>>> ReadLogsAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (!AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header) || header is not { Scheme: "Bearer", Parameter: { Length: > 0 } token })
            return No("Bring a token: Authorization: Bearer ….");
        var (claims, fault) = await VerifyOfflineAsync(token, cancellationToken);
        if (claims is null)
            return No(fault!);
        if (!await StillStandsAsync(token, cancellationToken))
            return No("The broker says this token does not stand any more.");
        return TypedResults.Ok(new LogLines(claims.GetPayloadValue<string>("email"), [
            "10:41:07 payment 8113 authorised, 42.00 EUR",
            "10:41:09 payment 8114 slow: card network answered after 4.1 s",
            "10:41:12 payment 8114 authorised, 18.50 EUR",
        ]));
    }

    private static JsonHttpResult<Refused> No(string why) => TypedResults.Json(new Refused(why), statusCode: StatusCodes.Status401Unauthorized);

    /// <summary>What any verifier can tell without asking anybody.</summary>
    private async Task<(JsonWebToken? Claims, string? Fault)> VerifyOfflineAsync(string token, CancellationToken cancellationToken)
    {
        var keys = new JsonWebKeySet(await _http.GetStringAsync(new Uri(_broker, ".well-known/jwks.json"), cancellationToken));
        var result = await new JsonWebTokenHandler { MapInboundClaims = false }.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = _broker.AbsoluteUri.TrimEnd('/'),
            ValidAudience = DemoCatalog.LogsAudience,
            ValidAlgorithms = ["RS256"],
            IssuerSigningKeys = keys.GetSigningKeys(),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ClockSkew = TimeSpan.Zero,
        });
        if (!result.IsValid)
            return (null, result.Exception is SecurityTokenExpiredException ? "This token has expired." : "This token is not for this service, or not from this broker.");
        var claims = (JsonWebToken)result.SecurityToken;
        return claims.TryGetPayloadValue<string>("scope", out var scope) && scope.Split(' ').Contains(Scope, StringComparer.Ordinal)
            ? (claims, null)
            : (null, $"This token lacks the scope {Scope}.");
    }

    private async Task<bool> StillStandsAsync(string token, CancellationToken cancellationToken)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Post, new Uri(_broker, "oauth/introspect"));
        ask.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{DemoCatalog.ServiceClient}:{_secret}")));
        ask.Content = new FormUrlEncodedContent([new("token", token)]);
        using var answer = await _http.SendAsync(ask, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            return false;
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        return body.RootElement.TryGetProperty("active", out var active) && active.ValueKind == JsonValueKind.True;
    }

    internal sealed record LogLines(string For, IReadOnlyList<string> Lines);

    internal sealed record Refused(string Why);
}
