using System.Text.Json;

namespace JitBroker.Client;

public sealed partial class BrokerClient
{
    /// <summary>Starts a sign-in: the person confirms the code in chat. <paramref name="host"/> is what this machine says it is called.</summary>
    public Task<BrokerReply<DeviceAuthorization>> StartSignInAsync(SessionScope scope, string host, CancellationToken cancel) =>
        connection.CallAsync(Call.Form("oauth/device_authorization", ("client_id", OAuthErrors.ClientId), ("host", host), ("scope", WireWords.Of(scope))),
            Wire.Type<DeviceAuthorization>(), cancel);

    /// <summary>Asks once whether the code was confirmed. Never throws for the protocol's own errors: they are the answer.</summary>
    public async Task<SignInPoll> PollSignInAsync(string deviceCode, CancellationToken cancel)
    {
        var answer = await connection.AnswerAsync(Call.Form("oauth/token", ("grant_type", OAuthErrors.DeviceGrantType), ("device_code", deviceCode), ("client_id", OAuthErrors.ClientId)), cancel);
        if (answer.Succeeded)
            return new SignInPoll(JsonSerializer.Deserialize(answer.Body.Span, Wire.Type<TokenReply>()), null);
        return OAuthErrorIn(answer) is { } error ? new SignInPoll(null, error) : throw Refusal.Read(answer, Address);
    }

    /// <summary>Whether the broker is alive.</summary>
    public Task<BrokerReply<JsonElement>> GetHealthAsync(CancellationToken cancel) =>
        connection.CallAsync(Call.Get("healthz") with { Authenticated = false }, Wire.Type<JsonElement>(), cancel);

    /// <summary>Whether the broker is ready, with what is not. Its 503 is an answer, not a refusal.</summary>
    public async Task<BrokerReply<HealthResource>> GetReadinessAsync(CancellationToken cancel)
    {
        var answer = await connection.AnswerAsync(Call.Get("readyz") with { Authenticated = false }, cancel);
        try
        {
            if (answer.IsJson && JsonSerializer.Deserialize(answer.Body.Span, Wire.Type<HealthResource>()) is { } health)
                return new BrokerReply<HealthResource>(health, answer.Body, answer.Status, answer.ServerTime);
        }
        catch (JsonException) when (!answer.Succeeded)
        {
            throw Refusal.Read(answer, Address);
        }

        throw Refusal.Read(answer, Address);
    }

    private static OAuthError? OAuthErrorIn(Answer answer)
    {
        if (!answer.IsJson)
            return null;
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, Wire.Type<OAuthError>());
        }
        catch (JsonException)
        {
            // Problem details or anything else: the caller reads it as a refusal.
            return null;
        }
    }
}

/// <summary>One poll's answer: a token, or an error of which <see cref="OAuthErrors.AuthorizationPending"/> and <see cref="OAuthErrors.SlowDown"/> mean: ask again later.</summary>
public sealed record SignInPoll(TokenReply? Token, OAuthError? Error);
