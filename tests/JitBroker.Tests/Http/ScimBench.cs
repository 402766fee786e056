using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Tests.Http;

/// <summary>A broker with two SCIM clients, and calls as identity providers make them.</summary>
internal sealed class ScimBench : IAsyncDisposable
{
    public const string Token = "okta-bearer-token-of-the-test";
    public const string OtherToken = "entra-bearer-token-of-the-test";

    private static readonly (string, string)[] Clients =
    [
        ("Scim:Clients:0:Name", "okta"), ("Scim:Clients:0:Tokens:0", Token), ("Scim:Clients:1:Name", "entra"), ("Scim:Clients:1:Tokens:0", OtherToken), ("Scim:Clients:1:Tokens:1", OtherToken + "-next"),
    ];

    private ScimBench(BrokerFixture broker) => Broker = broker;

    public BrokerFixture Broker { get; }

    public static async Task<ScimBench> NewAsync(string catalog = BrokerFixture.Catalog) => new(await BrokerFixture.NewAsync(catalog, settings: Clients));

    public async Task<ApiAnswer> SendAsync(string method, string path, string? body = null, string? token = Token, string? ifMatch = null, string? ifNoneMatch = null, string type = "application/scim+json")
    {
        using var message = new HttpRequestMessage(new HttpMethod(method), "/scim/v2" + path);
        if (token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        if (ifMatch is not null)
            message.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (ifNoneMatch is not null)
            message.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        using var response = await Broker.Http.SendAsync(message);
        return new ApiAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>A user as Okta makes one; its id.</summary>
    public async Task<string> UserAsync(string name, bool active = true, string token = Token) =>
        (await SendAsync("POST", "/Users", User(name, active), token)).Is(201).Text("id");

    public async Task<string> GroupAsync(string name, params string[] members) =>
        (await SendAsync("POST", "/Groups", $$"""{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{{name}}","members":[{{string.Join(',', members.Select(m => $$"""{"value":"{{m}}"}"""))}}]}""")).Is(201).Text("id");

    public async Task<ApiAnswer> PatchAsync(string path, string operations) =>
        await SendAsync("PATCH", path, $$"""{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":{{operations}}}""");

    public static string User(string name, bool active = true) => $$"""
        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{name}}@example.com","externalId":"00u-{{name}}","name":{"givenName":"{{char.ToUpperInvariant(name[0])}}{{name[1..]}}","familyName":"Pushed"},
         "emails":[{"primary":true,"value":"{{name}}@example.com","type":"work"}],"displayName":"{{name}} pushed","active":{{(active ? "true" : "false")}},"password":"hunter2-of-{{name}}","locale":"en-US","groups":[]}
        """;

    public static string[] Members(JsonNode group) => [.. group["members"]!.AsArray().Select(m => (string)m!["value"]!)];

    public ValueTask DisposeAsync() => Broker.DisposeAsync();
}
