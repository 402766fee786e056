using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;

namespace JitBroker.Issuers.Jwt;

/// <summary>Answers <c>POST /oauth/introspect</c> (RFC 7662) from the lease's row, so that an end holds from its commit on.</summary>
public sealed class TokenIntrospection
{
    private readonly IntrospectionCallers _callers;
    private readonly OwnTokens _tokens;
    private readonly ILeaseStandings _leases;
    private readonly JwtOptions _options;
    private readonly TimeProvider _clock;

    internal TokenIntrospection(IntrospectionCallers callers, OwnTokens tokens, ILeaseStandings leases, JwtOptions options, TimeProvider clock)
    {
        _callers = callers;
        _tokens = tokens;
        _leases = leases;
        _options = options;
        _clock = clock;
    }

    /// <param name="authorization">The request's <c>Authorization</c> header.</param>
    /// <param name="token">The form's <c>token</c>.</param>
    /// <exception cref="Storage.DatabaseUnavailableException">Nobody knows; the verifier must take it for a no.</exception>
    public async Task<IntrospectionOutcome> AnswerAsync(string? authorization, string? token, CancellationToken cancellationToken)
    {
        var issuers = _callers.IssuersOf(authorization);
        if (issuers.Count == 0)
            return new IntrospectionOutcome.Unauthenticated();
        var answer = token is null ? null : await ActiveAsync(issuers, token, cancellationToken);
        // RFC 7662 §2.2: whatever the reason for a no, nothing else is told.
        return new IntrospectionOutcome.Answer(answer ?? new JsonObject { ["active"] = false });
    }

    private async Task<JsonObject?> ActiveAsync(IReadOnlySet<string> issuers, string text, CancellationToken cancellationToken)
    {
        if (await _tokens.VerifyAsync(text, cancellationToken) is not { } token)
            return null;
        var leaseId = token.Id.ToUpperInvariant();
        if (!Ids.IsId(leaseId) || await _leases.FindAsync(leaseId, cancellationToken) is not { IsActive: true } standing)
            return null;
        var mayAsk = issuers.Any(issuer => token.Subject == JwtClaims.Subject(issuer, standing.Entitlement, leaseId));
        return mayAsk && _clock.GetUtcNow() < standing.EndsAt && Claim(token, "jit_grant") == standing.GrantId ? Reply(token) : null;
    }

    private JsonObject Reply(JsonWebToken token)
    {
        var reply = new JsonObject
        {
            ["active"] = true,
            ["username"] = Claim(token, "email"),
            ["token_type"] = "Bearer",
            ["exp"] = token.GetPayloadValue<long>("exp"),
            ["iat"] = token.GetPayloadValue<long>("iat"),
            ["nbf"] = token.GetPayloadValue<long>("nbf"),
            ["sub"] = token.Subject,
            ["aud"] = token.Audiences.First(),
            ["iss"] = _options.PublicUrl,
            ["jti"] = token.Id,
            ["jit_grant"] = Claim(token, "jit_grant"),
        };
        if (Claim(token, "scope") is { } scope)
            reply["scope"] = scope;
        return reply;
    }

    private static string? Claim(JsonWebToken token, string name) => token.TryGetPayloadValue<string>(name, out var value) ? value : null;
}

/// <summary>How an introspection went.</summary>
public abstract record IntrospectionOutcome
{
    private IntrospectionOutcome()
    {
    }

    /// <summary>No introspector of any jwt issuer: 401 with <c>WWW-Authenticate: Basic realm="introspection"</c>.</summary>
    public sealed record Unauthenticated : IntrospectionOutcome;

    /// <summary>200 with this body, <c>Cache-Control: no-store</c>.</summary>
    public sealed record Answer(JsonObject Body) : IntrospectionOutcome;
}
