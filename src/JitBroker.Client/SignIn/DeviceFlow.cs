using System.Text.Json.Serialization;

namespace JitBroker.Client;

/// <summary>RFC 8628 §3.2 answer: what to show, what to poll with. No <c>verification_uri_complete</c>: the code must be typed by the person.</summary>
public sealed record DeviceAuthorization
{
    /// <summary>The secret to poll with.</summary>
    [JsonPropertyName("device_code")]
    public required string DeviceCode { get; init; }

    /// <summary>The code to show: 8 characters, one use.</summary>
    [JsonPropertyName("user_code")]
    public required string UserCode { get; init; }

    /// <summary>Where people read how to confirm it.</summary>
    [JsonPropertyName("verification_uri")]
    public required string VerificationUri { get; init; }

    /// <summary>Seconds until the code dies.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    /// <summary>Least seconds between two polls; 5 when the server says nothing (RFC 8628 §3.2).</summary>
    [JsonPropertyName("interval")]
    public int Interval { get; init; } = 5;

    /// <inheritdoc/>
    public override string ToString() => $"DeviceAuthorization {{ UserCode = {UserCode}, DeviceCode = *** }}";
}

/// <summary>The session's token, once confirmed.</summary>
public sealed record TokenReply
{
    /// <summary>The opaque bearer token.</summary>
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    /// <summary><c>Bearer</c>.</summary>
    [JsonPropertyName("token_type")]
    public required string TokenType { get; init; }

    /// <summary>Seconds until the session ends.</summary>
    [JsonPropertyName("expires_in")]
    public required int ExpiresIn { get; init; }

    /// <summary>What the session may do.</summary>
    [JsonPropertyName("scope")]
    public required SessionScope Scope { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"TokenReply {{ AccessToken = ***, Scope = {Scope} }}";
}

/// <summary>RFC 6749 §5.2 error of the OAuth endpoints.</summary>
public sealed record OAuthError
{
    /// <summary>One of <see cref="OAuthErrors"/>, or another code of RFC 6749.</summary>
    [JsonPropertyName("error")]
    public required string Error { get; init; }

    /// <summary>A sentence, or null.</summary>
    [JsonPropertyName("error_description")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }
}

/// <summary>Codes and constants of the device flow (RFC 8628 §3.4, §3.5).</summary>
public static class OAuthErrors
{
    /// <summary>Nobody has confirmed the code yet.</summary>
    public const string AuthorizationPending = "authorization_pending";

    /// <summary>Polled too fast: add five seconds to the interval.</summary>
    public const string SlowDown = "slow_down";

    /// <summary>The code died.</summary>
    public const string ExpiredToken = "expired_token";

    /// <summary>The person said no.</summary>
    public const string AccessDenied = "access_denied";

    /// <summary>The grant type of the poll.</summary>
    public const string DeviceGrantType = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>The only client there is.</summary>
    public const string ClientId = "jit";
}
