using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using JitBroker.LiveTests.Crashes;
using JitBroker.LiveTests.Fixtures;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace JitBroker.LiveTests.Targets;

/// <summary>An HTTP client before a door: Debian's nginx with the lines of the README, a real broker, and an application that says what reached it.</summary>
public sealed partial class DoorTests
{
    private static readonly LiveTarget Target = new("{ kind: http }", "{ resource: orders-admin }", new Dictionary<string, string>(StringComparer.Ordinal));

    [Fact]
    public async Task A_client_gets_through_the_door_until_its_holder_is_done()
    {
        await using var app = await StartAppAsync();
        await using var access = await LiveAccess.StartAsync(Target);
        await using var nginx = await Nginx.StartAsync(Snippets(), access.Broker.Url, new Uri(app.Urls.First()));
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = nginx.Url };
        var grant = await access.GrantAsync("INC-62");
        var token = (await access.CollectAsync(grant)).GetProperty("token").GetString()!;

        using (var none = await AskAsync(client, null))
            Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (none.StatusCode, Assert.Single(none.Headers.WwwAuthenticate).Scheme));
        await StatusAsync(HttpStatusCode.Forbidden, client, "jitd_0123456789012345678901234567890123456789012");
        await StatusAsync(HttpStatusCode.Forbidden, client, token[..^1] + (token[^1] == 'A' ? 'B' : 'A'));
        await ReachesTheAppAsync(client, token, grant);
        await StatusAsync(HttpStatusCode.NotFound, client, token, "_jit_authz");

        await access.DoneAsync(grant);

        await StatusAsync(HttpStatusCode.Forbidden, client, token);
        var second = await access.GrantAsync("INC-63");
        var another = (await access.CollectAsync(second)).GetProperty("token").GetString()!;
        await StatusAsync(HttpStatusCode.OK, client, another);
        await access.Broker.KillAsync();
        await StatusAsync(HttpStatusCode.ServiceUnavailable, client, another);
        await access.Broker.StartAsync();
        await StatusAsync(HttpStatusCode.OK, client, another);
        Assert.DoesNotContain(token, access.Broker.Log, StringComparison.Ordinal);
    }

    /// <summary>M1: the token stands, and nobody has been told it.</summary>
    [Fact]
    public async Task Killed_between_the_mint_and_its_record_the_token_is_removed_after_a_restart()
    {
        await using var access = await LiveAccess.StartAsync(Target, crashPoints: true);
        var evidence = Evidence.OfSqlite(access.Broker.Folder.DatabaseFile);
        var grant = await access.GrantAsync("INC-65");
        access.DieAt("after mint at http");
        await Assert.ThrowsAsync<Client.BrokerUnreachableException>(() => access.CollectAsync(grant));
        Assert.Single(await evidence.ReadAsync("select lease_id from door_tokens"));

        await access.Broker.StartAsync();

        await Eventually.TrueAsync(async () => Assert.Single(await evidence.ReadAsync("select state from leases")) == "revoked");
        Assert.Empty(await evidence.ReadAsync("select lease_id from door_tokens"));
    }

    /// <summary>What the client says of itself is replaced, its token goes no further, its body arrives whole.</summary>
    private static async Task ReachesTheAppAsync(HttpClient client, string token, string grant)
    {
        using var ask = Request(token, "orders?x=1");
        ask.Method = HttpMethod.Post;
        ask.Content = new StringContent(new string('x', 100_000));
        ask.Headers.Add("X-Jit-User", "dan@example.com");
        ask.Headers.Add("X-Jit-Grant", "forged");
        ask.Headers.Add("X-Jit-Resource", "something-else");
        using var answer = await client.SendAsync(ask);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal($"/orders?x=1 100000 ana@example.com {grant} ", said.RootElement.GetProperty("seen").GetString());
    }

    private static async Task StatusAsync(HttpStatusCode expected, HttpClient client, string token, string path = "orders")
    {
        using var answer = await AskAsync(client, token, path);
        Assert.Equal(expected, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, string? token, string path = "orders")
    {
        using var ask = Request(token, path);
        return await client.SendAsync(ask);
    }

    private static HttpRequestMessage Request(string? token, string path)
    {
        var ask = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
            ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return ask;
    }

    private static async Task<WebApplication> StartAppAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = context.Request.Headers;
            await context.Response.WriteAsJsonAsync(new { seen = $"{context.Request.Path}{context.Request.QueryString} {body.Length} {headers["X-Jit-User"]} {headers["X-Jit-Grant"]} {headers.Authorization}" });
        });
        await app.StartAsync();
        return app;
    }

    private static string[] Snippets() => [.. NginxBlock().Matches(File.ReadAllText(Path.Combine(ReadmeFolder(), "src", "JitBroker.Issuers", "Http", "README.md"))).Select(m => m.Groups["text"].Value)];

    private static string ReadmeFolder()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "JitBroker.sln")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"```nginx\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex NginxBlock();
}
