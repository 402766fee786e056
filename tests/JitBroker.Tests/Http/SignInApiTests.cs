using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Tests.Loop;
using JitBroker.Tests.SignIn;

namespace JitBroker.Tests.Http;

public sealed class SignInApiTests
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:device_code";

    [Fact]
    public async Task A_terminal_signs_in_by_chat()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var started = (await FormAsync(broker, "device_authorization", ("client_id", "jit"), ("scope", "decide"), ("host", "box"))).Is(200);
        Assert.Equal(["device_code", "user_code", "verification_uri", "expires_in", "interval"], started.Json.AsObject().Select(m => m.Key));
        (string Key, string Value)[] poll = [("grant_type", Grant), ("device_code", started.Text("device_code")), ("client_id", "jit")];
        Assert.Equal("authorization_pending", (await FormAsync(broker, "token", poll)).Is(400).Text("error"));
        Assert.Equal("slow_down", (await FormAsync(broker, "token", poll)).Is(400).Text("error"));

        var ana = SigningIn.InChat("ana");
        var prompt = (await broker.Get<ShowSignIn>().HandleAsync(ana, started.Text("user_code"), CancellationToken.None)).Value!;
        Assert.Equal(("127.0.0.1", "box", SessionScope.Decide), (prompt.Address, prompt.Host, prompt.Scope));
        await broker.Get<AnswerSignIn>().HandleAsync(ana, prompt.ConfirmId, true, CancellationToken.None);
        var token = (await FormAsync(broker, "token", poll)).Is(200);

        Assert.Equal("no-store", token.Header("Cache-Control"));
        Assert.Equal(("Bearer", 900, "decide"), (token.Text("token_type"), (int)token.Json["expires_in"]!, token.Text("scope")));
        Assert.Equal("invalid_grant", (await FormAsync(broker, "token", poll)).Is(400).Text("error"));
        var me = (await new ApiCaller(broker.Http, token.Text("access_token")).GetAsync("/v1/me")).Is(200);
        Assert.Equal("""[{"surface":"slack","tenant":"T0EX","id":"U0ANA"}]""", me.Json["identities"]!.ToJsonString());
        Assert.Equal(("ana@example.com", "Ana", "engineering"), (me.Text("email"), me.Text("name"), (string?)me.Json["groups"]![1]));
        var session = me.Json["sessions"]![0]!;
        Assert.Equal(("decide", "127.0.0.1", "box", true, "2026-11-22T10:15:00.000Z"), ((string?)session["scope"], (string?)session["address"], (string?)session["host"], (bool)session["current"]!, (string?)session["endsAt"]));
    }

    [Theory]
    [InlineData("device_authorization", "client_id=other", "invalid_client")]
    [InlineData("device_authorization", "scope=ask", "invalid_client")]
    [InlineData("device_authorization", "client_id=jit&scope=admin", "invalid_scope")]
    [InlineData("device_authorization", "client_id=jit&scope=ask&scope=decide", "invalid_request")]
    [InlineData("token", "client_id=jit", "invalid_request")]
    [InlineData("token", "client_id=jit&grant_type=password", "unsupported_grant_type")]
    [InlineData("token", "client_id=jit&grant_type=urn:ietf:params:oauth:grant-type:device_code", "invalid_request")]
    [InlineData("token", "client_id=jit&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=nonsense", "invalid_grant")]
    [InlineData("token", "%%%=%zz&&&=", "invalid_client")]
    public async Task A_form_that_is_wrong_gets_the_protocols_own_error(string call, string form, string error)
    {
        await using var broker = await BrokerFixture.NewAsync();

        var answer = (await broker.Nobody.PostAsync("/oauth/" + call, form, type: "application/x-www-form-urlencoded")).Is(400);

        Assert.Equal(error, answer.Text("error"));
    }

    [Fact]
    public async Task A_refused_or_expired_code_is_told_as_such()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var refused = (await FormAsync(broker, "device_authorization", ("client_id", "jit"))).Is(200);
        var prompt = (await broker.Get<ShowSignIn>().HandleAsync(SigningIn.InChat("ana"), refused.Text("user_code"), CancellationToken.None)).Value!;
        await broker.Get<AnswerSignIn>().HandleAsync(SigningIn.InChat("ana"), prompt.ConfirmId, false, CancellationToken.None);
        var expired = (await FormAsync(broker, "device_authorization", ("client_id", "jit"))).Is(200);

        Assert.Equal("access_denied", (await PollAsync(broker, refused)).Is(400).Text("error"));
        broker.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("expired_token", (await PollAsync(broker, expired)).Is(400).Text("error"));
    }

    [Fact]
    public async Task Starting_sign_ins_is_limited_per_address()
    {
        await using var broker = await BrokerFixture.NewAsync(rates: new());
        ApiAnswer? limited = null;
        for (var i = 0; i <= StartSignIn.OpenPerAddress; i++)
            limited = await FormAsync(broker, "device_authorization", ("client_id", "jit"));

        Assert.NotNull(limited!.IsProblem(429, "rate_limited").Header("Retry-After"));
    }

    [Fact]
    public async Task A_proxy_is_believed_only_where_it_is_trusted()
    {
        await using var strict = await BrokerFixture.NewAsync();
        await using var trusting = await BrokerFixture.NewAsync(settings: ("Broker:TrustedProxies:0", "127.0.0.0/8"));

        Assert.Equal("127.0.0.1", await SeenAddressAsync(strict, "203.0.113.9"));
        Assert.Equal("203.0.113.9", await SeenAddressAsync(trusting, "203.0.113.9"));
        Assert.Equal("203.0.113.9", await SeenAddressAsync(trusting, "198.51.100.1, 203.0.113.9"));
        Assert.Equal("203.0.113.9", await SeenAddressAsync(trusting, "198.51.100.1, 203.0.113.9, 127.0.0.3"));
    }

    [Theory]
    [InlineData("Bearer nonsense")]
    [InlineData("Bearer ")]
    [InlineData("Basic YTpi")]
    [InlineData("eyJhbGciOiJub25lIn0.e30.")]
    [InlineData("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmFAZXhhbXBsZS5jb20ifQ.")]
    public async Task What_is_no_session_is_unauthenticated(string header)
    {
        await using var broker = await BrokerFixture.NewAsync();
        var message = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        message.Headers.TryAddWithoutValidation("Authorization", header);

        var answer = (await broker.Nobody.SendAsync(message)).IsProblem(401, "unauthenticated");

        Assert.Equal("Bearer realm=\"jitbroker\"", answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task Sessions_end_and_those_of_removed_people_are_inactive()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var (ana, other, bea) = (await broker.AsAsync("ana"), await broker.AsAsync("ana"), await broker.AsAsync("bea"));
        var sessions = (await ana.GetAsync("/v1/me")).Json["sessions"]!.AsArray();
        Assert.Equal([true, false], sessions.Select(s => (bool)s!["current"]!));

        (await bea.PostAsync($"/v1/sessions/{(string?)sessions[0]!["id"]}/end")).IsProblem(404, "not_found");
        (await ana.PostAsync("/v1/sessions/nonsense/end")).IsProblem(404, "not_found");
        (await ana.PostAsync($"/v1/sessions/{(string?)sessions[0]!["id"]}/end")).Is(204);
        (await ana.GetAsync("/v1/me")).IsProblem(401, "unauthenticated");
        var catalogs = broker.Get<JitBroker.Catalog.CatalogHolder>();
        catalogs.Replace(catalogs.Current.Without("ana@example.com"));
        (await other.GetAsync("/v1/me")).IsProblem(403, "inactive");
        broker.Clock.Advance(TimeSpan.FromHours(12));
        (await bea.GetAsync("/v1/me")).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task The_command_line_is_told_from_other_callers_by_what_it_says_it_is()
    {
        await using var broker = await BrokerFixture.NewAsync();
        var ana = await broker.AsAsync("ana");
        var message = new HttpRequestMessage(HttpMethod.Post, "/v1/requests") { Content = new StringContent("""{"entitlement":"orders-db:read","reason":"INC-1"}""", System.Text.Encoding.UTF8, "application/json") };
        message.Headers.TryAddWithoutValidation("User-Agent", "jit/1.2.3");

        Assert.Equal("cli", (string?)(await ana.SendAsync(message)).Is(201).Json["history"]![0]!["surface"]);
    }

    private static async Task<string> SeenAddressAsync(BrokerFixture broker, string forwarded)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "/oauth/device_authorization") { Content = new FormUrlEncodedContent([new("client_id", "jit")]) };
        message.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
        var started = (await broker.Nobody.SendAsync(message)).Is(200);
        return (await broker.Get<ShowSignIn>().HandleAsync(TestBroker.As("ana", Surface.Slack), started.Text("user_code"), CancellationToken.None)).Value!.Address;
    }

    private static Task<ApiAnswer> PollAsync(BrokerFixture broker, ApiAnswer started) =>
        FormAsync(broker, "token", ("grant_type", Grant), ("device_code", started.Text("device_code")), ("client_id", "jit"));

    private static Task<ApiAnswer> FormAsync(BrokerFixture broker, string call, params (string Key, string Value)[] fields) =>
        broker.Nobody.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/oauth/" + call) { Content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Key, f.Value))) });
}
