using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Tokens;

/// <summary>The Bot Framework's half of trust: its keys, what it publishes of them, and the tokens that come with activities.</summary>
internal sealed class BotFramework(Tenant tenant, Func<Uri> origin) : IDisposable
{
    public const string Issuer = "https://api.botframework.com";

    // what the real keys are endorsed for, and more
    private static readonly string[] Channels = ["msteams", "webchat", "directline", "skype"];
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly SigningKey _unendorsed = new("playground-unendorsed", endorsements: null);
    private readonly SigningKey _stranger = new("playground-key-1", Channels);
    private readonly List<SigningKey> _keys = [new("playground-key-1", Channels)];

    /// <summary>The value of <c>serviceUrl</c> and of the claim <c>serviceurl</c>; it ends with a slash, and has a path as the real one does.</summary>
    public string ServiceUrl => new Uri(origin(), "teams/emea/").ToString();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/teams/v1/.well-known/openidconfiguration", () => Answer(Metadata()));
        routes.MapGet("/teams/v1/.well-known/keys", () => Answer(KeySet()));
    }

    /// <summary>A new key signs from now on; the one before stays published.</summary>
    public string Rotate()
    {
        lock (_gate)
        {
            _keys.Add(new SigningKey(string.Create(CultureInfo.InvariantCulture, $"playground-key-{_keys.Count + 1}"), Channels));
            return _keys[^1].Id;
        }
    }

    /// <summary>A token as it comes with each activity; <paramref name="forgery"/> says what is to be wrong with it.</summary>
    public string Token(Forgery forgery)
    {
        var now = tenant.Clock.GetUtcNow();
        var claims = new JsonObject
        {
            ["serviceurl"] = ServiceUrl, ["nbf"] = now.AddMinutes(-5).ToUnixTimeSeconds(), ["exp"] = (now + Lifetime).ToUnixTimeSeconds(), ["iss"] = Issuer, ["aud"] = tenant.Options.AppId.ToString(),
        };
        foreach (var (name, value) in forgery.Claims ?? [])
        {
            if (value is null) claims.Remove(name);
            else claims[name] = value.DeepClone();
        }
        lock (_gate)
        {
            var key = forgery.Key switch { "unendorsed" => _unendorsed, "stranger" => _stranger, _ => _keys[^1] };
            return key.Sign(claims, forgery.Alg ?? "RS256", forgery.Kid);
        }
    }

    public void Dispose()
    {
        _unendorsed.Dispose();
        _stranger.Dispose();
        foreach (var key in _keys) key.Dispose();
    }

    private JsonObject Metadata() => new()
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = "https://invalid.botframework.com",
        ["jwks_uri"] = new Uri(origin(), "teams/v1/.well-known/keys").ToString(),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256"),
        ["token_endpoint_auth_methods_supported"] = new JsonArray("private_key_jwt"),
    };

    private JsonObject KeySet()
    {
        lock (_gate) return new JsonObject { ["keys"] = new JsonArray([.. _keys.Append(_unendorsed).Select(k => (JsonNode)k.ToJwk())]) };
    }

    private static IResult Answer(JsonObject body) => Results.Text(body.ToJsonString(Wire.Json), "application/json");
}

/// <summary>What is to be wrong with a token; nothing by default.</summary>
/// <param name="Claims">Claims to set; a null removes one. Numbers of <c>exp</c> and <c>nbf</c> are Unix seconds.</param>
/// <param name="Key"><c>unendorsed</c>: published without endorsements; <c>stranger</c>: not published, under the first one's id.</param>
internal sealed record Forgery(JsonObject? Claims = null, string? Key = null, string? Alg = null, string? Kid = null)
{
    public static Forgery None { get; } = new();
}
