using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Server.Hosting;
using JitBroker.Server.Http;
using JitBroker.Server.Settings;
using JitBroker.Tests.Issuing;
using JitBroker.Tests.Loop;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Http;

/// <summary>
/// The real host on a free port, with SQLite in a folder of its own, a catalog, a clock that stands until it is moved, and sweeps that the test rings.
/// Issuers: the real <c>jwt</c>, and <see cref="ScriptedIssuer"/> as <c>http</c>.
/// </summary>
internal sealed class BrokerFixture : IAsyncDisposable
{
    public const string Catalog = """
        people:
          - { email: ana@example.com, name: Ana, slack: T0EX/U0ANA }
          - { email: bea@example.com, name: Bea, slack: T0EX/U0BEA }
          - { email: cy@example.com, name: Cy }
          - { email: dan@example.com, name: Dan }
          - { email: eli@example.com, name: Eli }
        groups:
          engineering: { members: [ana@example.com, cy@example.com] }
          data-owners: { members: [ana@example.com, bea@example.com, dan@example.com] }
          security: { members: [eli@example.com] }
        roles: { auditor: [security] }
        issuers:
          door: { kind: http }
          tokens: { kind: jwt, introspectors: [ { client: logs, secret: "${env:LOGS_SECRET}" } ] }
        entitlements:
          orders-db:read:
            title: Orders database, read only
            issuer: door
            grants: { resource: orders }
            eligible: [engineering]
            duration: { min: 5m, default: 1h, max: 8h }
            leases: 2
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval: [ { group: data-owners, votes: 1 } ]
          logs:read:
            title: Logs
            issuer: tokens
            grants: { audience: "https://logs.example", scope: [read], verify: introspection, skew: 1m }
            eligible: [engineering]
            duration: { default: 30m, max: 4h }
            reason: { required: false }
            approval: auto
          lonely:
            title: Two owners needed
            issuer: door
            grants: { resource: lonely }
            eligible: [engineering]
            duration: { default: 30m, max: 4h }
            approval: [ { group: data-owners, votes: 2 } ]
          secret:plan:
            title: Hidden
            issuer: door
            grants: { resource: plan }
            hidden: true
            eligible: [security]
            duration: { default: 30m, max: 4h }
            approval: [ { group: data-owners, votes: 1 } ]
        bundles:
          incident-kit: [orders-db:read, logs:read]
        """;

    private readonly string _folder;
    private readonly WebApplication _app;

    private BrokerFixture(string folder, WebApplication app, ManualClock clock, ScriptedIssuer issuer)
    {
        (_folder, _app, Clock, Issuer) = (folder, app, clock, issuer);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
    }

    public ManualClock Clock { get; }

    public ScriptedIssuer Issuer { get; }

    public HttpClient Http { get; }

    public Uri Address => new(_app.Urls.First());

    public IServiceProvider Services => _app.Services;

    public string Folder => _folder;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <param name="settings">Keys beside the fixture's own.</param>
    /// <param name="log">Also gets every line, down to Trace.</param>
    /// <param name="before">Puts files into the folder before the start.</param>
    public static async Task<BrokerFixture> NewAsync(
        string catalog = Catalog, ILoggerProvider? log = null, CallRates? rates = null, Func<string, Task>? before = null, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("jitbroker-http-").FullName;
        await (before?.Invoke(folder) ?? Task.CompletedTask);
        // Making an RSA key takes longer than most tests.
        await ReadyKeys.CopyToAsync(Path.Combine(folder, "keys"));
        return await StartAsync(folder, new ManualClock(), new ScriptedIssuer(), catalog, log, rates, settings);
    }

    /// <summary>Stops this one and starts the next on the same state, clock and target, with another catalog.</summary>
    public async Task<BrokerFixture> RestartAsync(string catalog)
    {
        Http.Dispose();
        await _app.DisposeAsync();
        return await StartAsync(_folder, Clock, Issuer, catalog, null, null, []);
    }

    private static async Task<BrokerFixture> StartAsync(
        string folder, ManualClock clock, ScriptedIssuer issuer, string catalog, ILoggerProvider? log, CallRates? rates, (string Key, string Value)[] settings)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "catalog.yaml"), catalog);
        var app = BrokerHost.Build(Settings(folder, settings), new BrokerHostOptions
        {
            Urls = ["http://127.0.0.1:0"],
            Clock = clock,
            Scheduling = false,
            Rates = rates ?? new CallRates(100_000, 60_000, 100_000),
            ConfigureLogging = logging =>
            {
                logging.ClearProviders();
                if (log is not null)
                    logging.SetMinimumLevel(LogLevel.Trace).AddFilter("Microsoft", LogLevel.Trace).AddFilter("System", LogLevel.Trace).AddFilter("Quartz", LogLevel.Trace).AddProvider(log);
            },
            ConfigureServices = services => services.AddSingleton<IIssuer>(issuer).AddSingleton<IListsTarget>(issuer),
        });
        await app.StartAsync();
        return new BrokerFixture(folder, app, clock, issuer);
    }

    public static BrokerSettings Settings(string folder, params (string Key, string Value)[] settings)
    {
        (string Key, string Value)[] all =
        [
            ("Database:ConnectionString", $"Data Source={Path.Combine(folder, "jitbroker.db")}"),
            ("Broker:Limits:RequestsPerMinute", "10000"),
            ("Broker:Limits:OpenRequests", "10000"),
            ("Broker:Limits:CollectionsPerHour", "10000"),
            .. settings,
        ];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(all.GroupBy(s => s.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (string?)g.Last().Value, StringComparer.Ordinal)).Build();
        var secrets = new SecretResolver(name => name == "LOGS_SECRET" ? "introspector-secret" : null, folder);
        var result = SettingsLoader.Load(configuration, secrets, folder);
        Assert.Empty(result.Problems);
        return result.Settings!;
    }

    /// <summary>A session of <paramref name="who"/>, got through the real flow at use-case level.</summary>
    public async Task<SignInPolled.SignedIn> SignInAsync(string who, SessionScope scope = SessionScope.Ask)
    {
        var actor = TestBroker.As(who, Surface.Slack);
        var started = (await Get<StartSignIn>().HandleAsync(scope, Surface.Cli, "192.0.2.7", "box", CancellationToken.None)).Value!;
        var prompt = (await Get<ShowSignIn>().HandleAsync(actor, started.UserCode, CancellationToken.None)).Value!;
        await Get<AnswerSignIn>().HandleAsync(actor, prompt.ConfirmId, true, CancellationToken.None);
        return (SignInPolled.SignedIn)await Get<RedeemSignIn>().HandleAsync(started.DeviceCode, Surface.Cli, CancellationToken.None);
    }

    /// <summary>A caller with a session.</summary>
    public async Task<ApiCaller> AsAsync(string who, bool canDecide = false) =>
        new(Http, (await SignInAsync(who, canDecide ? SessionScope.Decide : SessionScope.Ask)).Token);

    public ApiCaller Nobody => new(Http, null);

    /// <summary>A pending request of ana's for orders-db:read.</summary>
    public async Task<string> AskAsync(ApiCaller asker, string entitlement = "orders-db:read") =>
        (await asker.PostAsync("/v1/requests", $$"""{"entitlement":"{{entitlement}}","reason":"INC-42"}""")).Is(201).Text("id");

    /// <summary>An active grant of ana's for orders-db:read, approved by bea.</summary>
    public async Task<string> GrantAsync(ApiCaller asker)
    {
        var id = await AskAsync(asker);
        var decided = await (await AsAsync("bea", canDecide: true)).PostAsync($"/v1/requests/{id}/decisions", """{"verdict":"approve"}""");
        return decided.Is(200).Json["grant"]!["id"]!.GetValue<string>();
    }

    public async Task SweepAsync()
    {
        await Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Calls the API with one session, or none.</summary>
internal sealed class ApiCaller(HttpClient http, string? token)
{
    public string? Token => token;

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<ApiAnswer> PostAsync(string path, string? json = null, string? key = null, string type = "application/json")
    {
        var message = new HttpRequestMessage(HttpMethod.Post, path);
        if (json is not null)
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = type.Length == 0 ? null : MediaTypeHeaderValue.Parse(type) } };
        if (key is not null)
            message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return SendAsync(message);
    }

    public async Task<ApiAnswer> SendAsync(HttpRequestMessage message)
    {
        if (token is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(message);
        return new ApiAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers.ContentType?.MediaType);
    }
}

/// <summary>What came back.</summary>
internal sealed record ApiAnswer(int Status, string Body, HttpResponseHeaders Headers, string? MediaType)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Code => (string?)Json["code"];

    public string Text(string name) => Json[name]!.GetValue<string>();

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;

    /// <summary>The answer itself, when it has this status.</summary>
    public ApiAnswer Is(int status)
    {
        Assert.True(Status == status, $"expected {status}, got {Status}: {Body}");
        return this;
    }

    /// <summary>A problem with this status and code.</summary>
    public ApiAnswer IsProblem(int status, string code)
    {
        Assert.True((Status, MediaType) == (status, "application/problem+json"), $"expected a problem {status} {code}, got {Status} {MediaType}: {Body}");
        Assert.Equal((code, status), (Code, (int)Json["status"]!));
        Assert.False(string.IsNullOrWhiteSpace((string?)Json["detail"]));
        Assert.DoesNotContain("   at ", Body, StringComparison.Ordinal);
        return this;
    }
}
