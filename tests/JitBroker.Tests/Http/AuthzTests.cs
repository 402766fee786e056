using System.Net.Http.Headers;
using JitBroker.Issuers.Http;
using JitBroker.Storage;

namespace JitBroker.Tests.Http;

/// <summary><c>GET /authz</c>, as a door asks it.</summary>
public sealed class AuthzTests
{
    [Fact]
    public async Task A_door_hears_who_it_is_until_the_access_has_ended()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var grant = await broker.GrantAsync(ana);
        var token = await CollectAsync(broker, ana, grant);

        var open = (await AskAsync(broker, token)).Is(204);
        Assert.Equal(("ana@example.com", grant, "no-store"), (open.Header("X-Jit-User"), open.Header("X-Jit-Grant"), open.Header("Cache-Control")));
        (await AskAsync(broker, token, ["lonely"])).Is(403);

        (await ana.PostAsync($"/v1/grants/{grant}/end")).Is(202);
        broker.Clock.Advance(Door.Staleness + TimeSpan.FromMilliseconds(1));
        var shut = (await AskAsync(broker, token)).Is(403);
        Assert.Equal((null, null, "forbidden", ""), (shut.Header("X-Jit-User"), shut.Header("X-Jit-Grant"), shut.Header("X-Jit-Error"), shut.Body));
    }

    [Fact]
    public async Task Nothing_ambiguous_opens_a_door()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var token = await CollectAsync(broker, ana, await broker.GrantAsync(ana));

        Assert.Equal("Bearer realm=\"jitbroker\"", (await AskAsync(broker, null)).Is(401).Header("WWW-Authenticate"));
        (await AskAsync(broker, ana.Token)).Is(403);
        (await AskAsync(broker, token, [])).Is(403);
        (await AskAsync(broker, token, ["orders", "lonely"])).Is(403);
        var twice = new HttpRequestMessage(HttpMethod.Get, "/authz");
        twice.Headers.TryAddWithoutValidation("Authorization", [$"Bearer {token}", "Bearer other"]);
        twice.Headers.TryAddWithoutValidation("X-Jit-Resource", "orders");
        (await broker.Nobody.SendAsync(twice)).Is(403);
        (await broker.Nobody.PostAsync("/authz")).IsProblem(405, "invalid_request");
    }

    /// <summary>A credential by way of the API, whose row is then the door's: the fixture's issuer of kind http is a scripted one.</summary>
    private static async Task<string> CollectAsync(BrokerFixture broker, ApiCaller holder, string grant)
    {
        var lease = (await holder.PostAsync($"/v1/grants/{grant}/credentials")).Is(201).Text("lease");
        var token = DoorToken.New();
        Assert.True(DoorToken.TryHash(token, out var key));
        await broker.Get<Database>().WriteAsync(s => s.ExecuteAsync("insert into door_tokens (lease_id, token_hash, resource) values (@lease, @hash, 'orders')", new { lease, hash = key.ToText() }, CancellationToken.None), CancellationToken.None);
        return token;
    }

    private static Task<ApiAnswer> AskAsync(BrokerFixture broker, string? token, string[]? resources = null)
    {
        var ask = new HttpRequestMessage(HttpMethod.Get, "/authz");
        if (token is not null)
            ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var resource in resources ?? ["orders"])
            ask.Headers.TryAddWithoutValidation("X-Jit-Resource", resource);
        return broker.Nobody.SendAsync(ask);
    }
}
