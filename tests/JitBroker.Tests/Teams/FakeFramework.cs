using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Teams;

/// <summary>One call that the broker made to a connector.</summary>
internal sealed record ConnectorCall(string Method, string Path, string? Authorization, JsonObject Body);

/// <summary>The Bot Framework in the hands of a test: its keys, its token endpoint and a connector; it can sign and answer what the real one never would.</summary>
internal sealed class FakeFramework : IAsyncDisposable
{
    public const string AppId = "5b1f7c2e-9a43-4f0e-8a51-6f3f2d0c7e11";
    public const string Tenant = "7f1d0f0e-0c1d-4c55-9a52-0d9a3b6c1a01";
    public const string Secret = "the-secret-of-the-app";
    public const string Issuer = "https://api.botframework.com";

    private readonly WebApplication _web;
    private readonly Lock _gate = new();
    private readonly List<ConnectorCall> _calls = [];
    private int _ids;

    private FakeFramework(WebApplication web) => _web = web;

    public Uri Url => new(_web.Urls.First());

    public Uri MetadataUrl => new(Url, "/v1/.well-known/openidconfiguration");

    public Uri ServiceUrl => new(Url, "/amer/");

    /// <summary>Key ids with their keys and endorsements; null: none are named.</summary>
    public Dictionary<string, (RSA Key, string[]? Endorsements)> Keys { get; } = new(StringComparer.Ordinal)
    {
        ["k1"] = (RSA.Create(2048), ["msteams", "webchat"]),
        ["k2-noend"] = (RSA.Create(2048), null),
        ["k3-webchat"] = (RSA.Create(2048), ["webchat"]),
    };

    /// <summary>What the metadata name as the address of the keys; null: our own.</summary>
    public string? KeysAddress { get; set; }

    public bool IsAway { get; set; }

    public int MetadataReads { get; private set; }

    public int TokensGiven { get; private set; }

    public string TokenForm { get; private set; } = "";

    /// <summary>What a connector call is answered, unless it is null: then as the real one does.</summary>
    public Func<ConnectorCall, (int Status, JsonObject? Body, string? RetryAfter)?> Answer { get; set; } = _ => null;

    public IReadOnlyList<ConnectorCall> Calls
    {
        get
        {
            lock (_gate)
                return [.. _calls];
        }
    }

    public static async Task<FakeFramework> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var fake = new FakeFramework(builder.Build());
        fake._web.MapGet("/v1/.well-known/openidconfiguration", fake.MetadataAsync);
        fake._web.MapGet("/v1/.well-known/keys", fake.KeysAsync);
        fake._web.MapPost("/{tenant}/oauth2/v2.0/token", fake.TokenAsync);
        fake._web.Map("/amer/{**path}", fake.ConnectAsync);
        await fake._web.StartAsync();
        return fake;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        foreach (var (key, _) in Keys.Values)
            key.Dispose();
    }

    /// <summary>The claims of a good token.</summary>
    public JsonObject Claims(DateTimeOffset now) => new()
    {
        ["iss"] = Issuer, ["aud"] = AppId, ["nbf"] = now.ToUnixTimeSeconds() - 10, ["exp"] = now.ToUnixTimeSeconds() + 600, ["serviceurl"] = ServiceUrl.AbsoluteUri,
    };

    /// <param name="signer">The id of the key it is really signed with; null: the one that it names.</param>
    public string Sign(JsonObject claims, string kid = "k1", string alg = "RS256", string? signer = null)
    {
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = alg, ["kid"] = kid };
        var signed = $"{Encoded(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{Encoded(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        var key = Keys.TryGetValue(signer ?? kid, out var known) ? known.Key : Keys["k1"].Key;
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = alg switch
        {
            "none" => [],
            "HS256" => HMACSHA256.HashData(key.ExportSubjectPublicKeyInfo(), bytes),
            "RS384" => key.SignData(bytes, HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
            _ => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return $"{signed}.{Encoded(signature)}";
    }

    private static string Encoded(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private Task MetadataAsync(HttpContext http)
    {
        MetadataReads++;
        return IsAway
            ? RespondAsync(http, 500, [])
            : RespondAsync(http, 200, new JsonObject { ["issuer"] = Issuer, ["jwks_uri"] = KeysAddress ?? new Uri(Url, "/v1/.well-known/keys").AbsoluteUri, ["id_token_signing_alg_values_supported"] = new JsonArray("RS256") });
    }

    private Task KeysAsync(HttpContext http) => RespondAsync(http, 200, new JsonObject
    {
        ["keys"] = new JsonArray([.. Keys.Select(k => (JsonNode)Jwk(k.Key, k.Value.Key, k.Value.Endorsements))]),
    });

    private static JsonObject Jwk(string kid, RSA key, string[]? endorsements)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        var jwk = new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = kid, ["x5t"] = kid, ["n"] = Encoded(parameters.Modulus!), ["e"] = Encoded(parameters.Exponent!) };
        if (endorsements is not null)
            jwk["endorsements"] = new JsonArray([.. endorsements.Select(e => (JsonNode)e)]);
        return jwk;
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        TokenForm = string.Join('&', form.Select(f => $"{f.Key}={f.Value}"));
        var isGood = (string?)http.Request.RouteValues["tenant"] == Tenant && form["client_id"] == AppId && (form["client_secret"] == Secret || form.ContainsKey("client_assertion"));
        if (!isGood)
        {
            await RespondAsync(http, 401, new JsonObject { ["error"] = "invalid_client", ["error_description"] = "AADSTS7000215: Invalid client secret provided." });
            return;
        }

        TokensGiven++;
        await RespondAsync(http, 200, new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = 3599, ["ext_expires_in"] = 3599, ["access_token"] = string.Create(CultureInfo.InvariantCulture, $"our-token-{TokensGiven}") });
    }

    private async Task ConnectAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var text = await reader.ReadToEndAsync();
        // As it was sent: ids in it must be escaped.
        var path = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        var call = new ConnectorCall(http.Request.Method, path, http.Request.Headers.Authorization.ToString(), text.Length == 0 ? [] : (JsonObject)JsonNode.Parse(text)!);
        lock (_gate)
            _calls.Add(call);
        var (status, body, retryAfter) = Answer(call) ?? Usual(call);
        if (retryAfter is not null)
            http.Response.Headers.RetryAfter = retryAfter;
        if (status is 301 or 302 or 307)
            http.Response.Headers.Location = new Uri(Url, "/elsewhere").AbsoluteUri;
        await RespondAsync(http, status, body ?? []);
    }

    private (int Status, JsonObject? Body, string? RetryAfter) Usual(ConnectorCall call)
    {
        var id = Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture);
        if (call.Path.Contains("/members/", StringComparison.Ordinal))
            return (200, MemberOf(Uri.UnescapeDataString(call.Path[(call.Path.LastIndexOf('/') + 1)..])), null);
        if (call.Method == "PUT")
            return (200, new JsonObject { ["id"] = call.Path[(call.Path.LastIndexOf('/') + 1)..] }, null);
        if (!call.Path.EndsWith("/v3/conversations", StringComparison.Ordinal))
            return (201, new JsonObject { ["id"] = "17" + id }, null);
        return (string?)call.Body["channelData"]?["channel"]?["id"] is { } channel
            ? (201, new JsonObject { ["id"] = $"{channel};messageid=17{id}", ["activityId"] = "17" + id, ["serviceUrl"] = "https://evil.example/" }, null)
            : (201, new JsonObject { ["id"] = $"a:{(string?)call.Body["members"]?[0]?["id"]}", ["serviceUrl"] = "https://evil.example/" }, null);
    }

    /// <summary>The account behind an id, as the members call tells it.</summary>
    public static JsonObject MemberOf(string id)
    {
        var name = TeamsDoor.People.FirstOrDefault(p => p == id["29:".Length..] || TeamsDoor.ObjectOf(p) == id) ?? "somebody";
        return new JsonObject { ["id"] = "29:" + name, ["aadObjectId"] = TeamsDoor.ObjectOf(name), ["name"] = name, ["tenantId"] = Tenant, ["userRole"] = "user" };
    }

    private static Task RespondAsync(HttpContext http, int status, JsonObject body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }
}
