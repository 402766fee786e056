using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace JitBroker.Tests.Playground.Teams;

/// <summary>Who is who between Teams and a bot: what comes is signed by published keys, what goes needs a token (chat-wire B1, B3).</summary>
public sealed class BotFrameworkTests
{
    [Fact]
    public async Task An_activity_comes_with_a_token_of_a_published_endorsed_key_for_this_app_and_service_url()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.DoAsync("say", new { person = "ana", conversation = "personal", text = "mine" });
        var (header, claims) = await VerifyAsync(bench, bench.Bot.Last.Headers["Authorization"]);
        Assert.Equal("RS256", (string)header["alg"]!);
        Assert.Equal(("https://api.botframework.com", bench.Teams.Options.AppId.ToString()), ((string)claims["iss"]!, (string)claims["aud"]!));
        Assert.Equal((string)bench.Bot.Last.Activity()["serviceUrl"]!, (string)claims["serviceurl"]!);
        Assert.Equal("/api/messages", bench.Bot.Last.Path);
    }

    [Fact]
    public async Task Another_key_may_sign_from_now_on_and_the_one_before_stays_published()
    {
        await using var bench = await TeamsBench.StartAsync();
        var kid = (string)(await bench.DoAsync("keys", new { rotate = true }))["kid"]!;
        await bench.DoAsync("say", new { person = "ana", conversation = "personal", text = "mine" });
        var (header, _) = await VerifyAsync(bench, bench.Bot.Last.Headers["Authorization"]);
        Assert.Equal(kid, (string)header["kid"]!);
        Assert.Contains(await KeysAsync(bench), k => (string)k["kid"]! == "playground-key-1");
    }

    [Fact]
    public async Task A_forged_token_says_exactly_what_it_was_asked_to_say()
    {
        await using var bench = await TeamsBench.StartAsync();
        await bench.DoAsync("deliver", new { person = "ana", conversation = "personal", text = "x", token = new { claims = new { aud = "someone-else", serviceurl = (string?)null }, key = "stranger" } });
        var parts = bench.Bot.Last.Headers["Authorization"]["Bearer ".Length..].Split('.');
        var claims = Decoded(parts[1]);
        Assert.Equal("someone-else", (string)claims["aud"]!);
        Assert.False(claims.ContainsKey("serviceurl"));
        Assert.False(await IsSignedByAsync(bench, parts, (string)Decoded(parts[0])["kid"]!));
        await bench.DoAsync("deliver", new { person = "ana", conversation = "personal", text = "x", authorization = (string?)null });
        Assert.False(bench.Bot.Last.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_token_is_given_for_the_right_secret_and_holds_for_an_hour()
    {
        await using var bench = await TeamsBench.StartAsync();
        var (status, answer) = await bench.TokenAsync();
        Assert.Equal((200, "Bearer", 3599), (status, (string)answer["token_type"]!, (int)answer["expires_in"]!));
        var token = (string)answer["access_token"]!;
        Assert.Equal(200, (await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "pagedmembers"], token: token)).Status);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, (await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "pagedmembers"], token: token)).Status);
        Assert.DoesNotContain(token, (await bench.LogAsync()).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_secret_client_tenant_or_scope_gives_no_token()
    {
        await using var bench = await TeamsBench.StartAsync();
        Assert.Equal((401, 7000215), Code(await bench.TokenAsync(secret: "guess")));
        Assert.Equal((400, 700016), Code(await bench.TokenAsync(client: Guid.Empty.ToString())));
        Assert.Equal((400, 90002), Code(await bench.TokenAsync(tenant: Guid.Empty.ToString())));
        Assert.Equal((400, 70011), Code(await bench.TokenAsync(scope: "https://graph.microsoft.com/.default")));
        static (int, int) Code((int Status, JsonObject Answer) refused) => (refused.Status, (int)refused.Answer["error_codes"]![0]!);
    }

    [Fact]
    public async Task A_token_is_given_for_an_assertion_signed_by_the_certificate_and_for_no_other()
    {
        using var mine = Certificate();
        using var other = Certificate();
        await using var bench = await TeamsBench.StartAsync(t => t with { ClientCertificate = mine });
        Assert.Equal(200, await AssertAsync(bench, mine));
        Assert.Equal(401, await AssertAsync(bench, other));
        Assert.Equal(401, await AssertAsync(bench, mine, subject: "someone-else"));
    }

    [Fact]
    public async Task A_call_without_a_token_or_with_a_revoked_one_is_refused()
    {
        await using var bench = await TeamsBench.StartAsync();
        Assert.Equal(401, (await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "pagedmembers"], token: "guess")).Status);
        Assert.Equal(200, (await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "pagedmembers"])).Status);
        await bench.DoAsync("faults", new { revoke_tokens = true });
        Assert.Equal(401, (await bench.CallAsync(HttpMethod.Get, ["conversations", TeamsBench.Requests, "pagedmembers"])).Status);
    }

    private static async Task<(JsonObject Header, JsonObject Claims)> VerifyAsync(TeamsBench bench, string authorization)
    {
        var parts = authorization["Bearer ".Length..].Split('.');
        var header = Decoded(parts[0]);
        Assert.True(await IsSignedByAsync(bench, parts, (string)header["kid"]!));
        return (header, Decoded(parts[1]));
    }

    private static async Task<bool> IsSignedByAsync(TeamsBench bench, string[] parts, string kid)
    {
        var key = (await KeysAsync(bench)).Single(k => (string)k["kid"]! == kid);
        Assert.Contains("msteams", ((JsonArray)key["endorsements"]!).Select(e => (string)e!));
        using var rsa = RSA.Create(new RSAParameters { Modulus = WebEncoders.Base64UrlDecode((string)key["n"]!), Exponent = WebEncoders.Base64UrlDecode((string)key["e"]!) });
        return rsa.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), WebEncoders.Base64UrlDecode(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static async Task<List<JsonObject>> KeysAsync(TeamsBench bench)
    {
        var metadata = JsonNode.Parse(await bench.Http.GetStringAsync(bench.Teams.OpenIdMetadataUrl))!;
        return [.. ((JsonArray)JsonNode.Parse(await bench.Http.GetStringAsync(new Uri((string)metadata["jwks_uri"]!)))!["keys"]!).OfType<JsonObject>()];
    }

    private static JsonObject Decoded(string part) => (JsonObject)JsonNode.Parse(WebEncoders.Base64UrlDecode(part))!;

    private static X509Certificate2 Certificate()
    {
        using var rsa = RSA.Create(2048);
        return new CertificateRequest("cn=bot", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2036, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    private static async Task<int> AssertAsync(TeamsBench bench, X509Certificate2 certificate, string? subject = null)
    {
        var (app, at) = (bench.Teams.Options.AppId.ToString(), new Uri(bench.Teams.Authority, $"{bench.Teams.Options.TenantId}/oauth2/v2.0/token"));
        var claims = new JsonObject { ["iss"] = app, ["sub"] = subject ?? app, ["aud"] = at.ToString(), ["exp"] = bench.Clock.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds() };
        var content = $"{Encoded("""{"alg":"PS256","typ":"JWT"}""")}.{Encoded(claims.ToJsonString())}";
        using var rsa = certificate.GetRSAPrivateKey()!;
        var assertion = $"{content}.{WebEncoders.Base64UrlEncode(rsa.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pss))}";
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = app, ["scope"] = "https://api.botframework.com/.default", ["client_assertion"] = assertion,
            ["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        });
        using var response = await bench.Http.PostAsync(at, form);
        return (int)response.StatusCode;
    }

    private static string Encoded(string json) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(json));
}
