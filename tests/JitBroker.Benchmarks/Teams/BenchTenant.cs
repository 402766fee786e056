using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Lifecycle;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace JitBroker.Benchmarks.Teams;

/// <summary>As much of the Bot Framework as a press needs: keys, a token, and a connector that takes everything at once.</summary>
internal sealed class BenchTenant : IAsyncDisposable
{
    public const string AppId = "5b1f7c2e-9a43-4f0e-8a51-6f3f2d0c7e11";

    private readonly RSA _key = RSA.Create(2048);
    private readonly WebApplication _web;
    private int _posts;

    private BenchTenant(WebApplication web) => _web = web;

    public Uri Url => new(_web.Urls.First());

    public Uri MetadataUrl => new(Url, "/openid");

    public Uri ServiceUrl => new(Url, "/amer/");

    public static async Task<BenchTenant> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var tenant = new BenchTenant(builder.Build());
        tenant._web.MapGet("/openid", () => TypedResults.Json(new JsonObject { ["jwks_uri"] = new Uri(tenant.Url, "/keys").AbsoluteUri }));
        tenant._web.MapGet("/keys", () => TypedResults.Json(tenant.Keys()));
        tenant._web.MapPost("/{tenant}/oauth2/v2.0/token", () => TypedResults.Json(new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = 3599, ["access_token"] = "a-token" }));
        tenant._web.Map("/amer/{**path}", tenant.ConnectAsync);
        await tenant._web.StartAsync(cancellationToken);
        return tenant;
    }

    public string Sign(DateTimeOffset now)
    {
        var claims = new JsonObject
        {
            ["iss"] = "https://api.botframework.com", ["aud"] = AppId, ["serviceurl"] = ServiceUrl.AbsoluteUri, ["nbf"] = now.ToUnixTimeSeconds() - 10, ["exp"] = now.ToUnixTimeSeconds() + 600,
        };
        var signed = $"{Encoded("""{"typ":"JWT","alg":"RS256","kid":"k1"}"""u8)}.{Encoded(Encoding.UTF8.GetBytes(claims.ToJsonString()))}";
        lock (_key)
            return $"{signed}.{Encoded(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        _key.Dispose();
    }

    private JsonObject Keys()
    {
        var key = _key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "RSA", ["use"] = "sig", ["kid"] = "k1", ["n"] = Encoded(key.Modulus), ["e"] = Encoded(key.Exponent), ["endorsements"] = new JsonArray("msteams"),
            }),
        };
    }

    private Task ConnectAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        var member = path.Contains("/members/", StringComparison.Ordinal) ? path[(path.LastIndexOf('/') + 1)..].Replace("29:", "", StringComparison.Ordinal) : null;
        var id = string.Create(CultureInfo.InvariantCulture, $"17{Interlocked.Increment(ref _posts)}");
        var answer = member is null
            ? new JsonObject { ["id"] = id, ["activityId"] = id }
            : new JsonObject { ["id"] = "29:" + member, ["aadObjectId"] = BenchCatalog.ObjectOf(new People.Person(member + "@example.com", member)), ["tenantId"] = BenchCatalog.Tenant, ["userRole"] = "user" };
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(answer.ToJsonString());
    }

    private static string Encoded(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
