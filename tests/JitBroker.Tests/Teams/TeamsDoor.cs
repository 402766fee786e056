using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Teams;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Teams;

/// <summary>The broker behind its real HTTP door for Teams, a <see cref="FakeFramework"/> beside it, a database and a clock that stands. What activities do is scripted: this is the wire alone.</summary>
internal sealed class TeamsDoor : IAsyncDisposable
{
    public const string Channel = "19:access@thread.tacv2";
    public const string Operations = "19:ops@thread.tacv2";

    public static readonly IReadOnlyList<string> People = ["ana", "bea", "cy", "dan", "eli"];

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly Databases _databases;
    private readonly WebApplication _web;
    private int _ids;

    private TeamsDoor(Databases databases, ManualClock clock, FakeFramework teams, WebApplication web, ScriptedActing acting) =>
        (_databases, Clock, Teams, _web, Acting) = (databases, clock, teams, web, acting);

    public ManualClock Clock { get; }

    public FakeFramework Teams { get; }

    public ScriptedActing Acting { get; }

    public Uri Door => new(new Uri(_web.Urls.First()), "/api/messages");

    public static async Task<TeamsDoor> StartAsync(Func<TeamsOptions, TeamsOptions>? settings = null, bool works = true, Func<Entitlement, Entitlement>? change = null)
    {
        var databases = await Databases.NewAsync(Engine.Sqlite);
        var clock = new ManualClock();
        var teams = await FakeFramework.StartAsync();
        var options = new TeamsOptions
        {
            Enabled = true,
            AppId = FakeFramework.AppId,
            Tenants = [FakeFramework.Tenant],
            ClientSecret = () => FakeFramework.Secret,
            Authority = teams.Url,
            OpenIdMetadataUrl = teams.MetadataUrl,
            ServiceHosts = [teams.Url.Authority],
            Channel = Channel,
            OperationsChannel = Operations,
            AllowTestEndpoints = true,
        };
        options = settings?.Invoke(options) ?? options;
        var acting = new ScriptedActing();
        var web = Compose(databases, clock, options, acting, works, change);
        await web.StartAsync();
        return new TeamsDoor(databases, clock, teams, web, acting);
    }

    public T Get<T>()
        where T : notnull => _web.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await Teams.DisposeAsync();
        await _databases.DisposeAsync();
        _http.Dispose();
    }

    public static string ObjectOf(string person) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(person)).AsSpan(0, 16)).ToString();

    /// <summary>The people of <see cref="TestCatalog"/>, each with an account in the tenant.</summary>
    private static CatalogSnapshot Catalog(Func<Entitlement, Entitlement>? change)
    {
        var catalog = change is null ? TestCatalog.Of() : TestCatalog.Of(change);
        var people = catalog.People.ToDictionary(
            p => p.Key, p => p.Value with { Identities = [.. p.Value.Identities, new Identity("teams", FakeFramework.Tenant, ObjectOf(p.Key.Split('@')[0]))] }, StringComparer.Ordinal);
        return catalog with
        {
            People = people.ToFrozenDictionary(StringComparer.Ordinal),
            Identities = people.Values.SelectMany(p => p.Identities.Select(i => (i, p.Person))).ToFrozenDictionary(x => x.i, x => x.Person),
        };
    }

    /// <summary>An activity as Teams makes it.</summary>
    public JsonObject Activity(string type = "message", string person = "ana", string? id = null, string? text = "whoami", bool isChannel = false) => new()
    {
        ["type"] = type,
        ["id"] = id ?? string.Create(CultureInfo.InvariantCulture, $"f:{Interlocked.Increment(ref _ids)}"),
        ["timestamp"] = "2026-11-22T10:00:00.000Z",
        ["channelId"] = "msteams",
        ["serviceUrl"] = Teams.ServiceUrl.AbsoluteUri,
        ["from"] = new JsonObject { ["id"] = "29:" + person, ["name"] = person, ["aadObjectId"] = ObjectOf(person) },
        ["recipient"] = new JsonObject { ["id"] = "28:" + FakeFramework.AppId, ["name"] = "JitBroker" },
        ["conversation"] = isChannel
            ? new JsonObject { ["id"] = Channel + ";messageid=1700", ["conversationType"] = "channel", ["isGroup"] = true, ["tenantId"] = FakeFramework.Tenant }
            : new JsonObject { ["id"] = "a:private-" + person, ["conversationType"] = "personal", ["tenantId"] = FakeFramework.Tenant },
        ["channelData"] = isChannel
            ? new JsonObject { ["tenant"] = new JsonObject { ["id"] = FakeFramework.Tenant }, ["team"] = new JsonObject { ["id"] = "19:team@thread.tacv2" }, ["channel"] = new JsonObject { ["id"] = Channel } }
            : new JsonObject { ["tenant"] = new JsonObject { ["id"] = FakeFramework.Tenant } },
        ["text"] = text,
    };

    public JsonObject Invoke(string name = "adaptiveCard/action", string verb = "approve", string person = "bea", string? id = null)
    {
        var activity = Activity("invoke", person, id, text: null);
        (activity["name"], activity["replyToId"]) = (name, "1701");
        activity["value"] = name == "adaptiveCard/action"
            ? new JsonObject { ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = verb, ["data"] = new JsonObject { ["id"] = "01J" } } }
            : new JsonObject { ["data"] = new JsonObject { ["verb"] = verb } };
        return activity;
    }

    /// <summary>Comes in with a good token.</summary>
    public Task<(HttpStatusCode Status, string Body)> DeliverAsync(JsonObject activity) => SendAsync("Bearer " + Teams.Sign(Teams.Claims(Clock.GetUtcNow())), activity.ToJsonString());

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(string? authorization, string body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Door) { Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(type)) };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<HttpStatusCode> GetAsync()
    {
        using var response = await _http.GetAsync(Door);
        return response.StatusCode;
    }

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql) => _databases.Database.ReadAsync(s => s.QueryAsync<T>(sql, null, CancellationToken.None), CancellationToken.None);

    public Task ExecuteAsync(string sql) => _databases.Database.WriteAsync(s => s.ExecuteAsync(sql, null, CancellationToken.None), CancellationToken.None);

    /// <summary>Everybody's chat and the channel are known.</summary>
    public async Task InstallAsync()
    {
        foreach (var person in People)
            await DeliverAsync(Activity("installationUpdate", person, text: null));
        await DeliverAsync(Activity("installationUpdate", text: null, isChannel: true));
    }

    /// <summary>Asked by nobody in chat: a request of Ana's, with its cards on their way.</summary>
    public async Task<string> AskAsync(string entitlement = TestCatalog.Logs)
    {
        var asked = await Get<SubmitRequest>().HandleAsync(TestBroker.As("ana"), new SubmitOrder(entitlement, false, null, "INC-42 slow checkout", null), null, CancellationToken.None);
        return asked.Value!.Requests[0].Id;
    }

    public async Task ApproveAsync(string person, string requestId)
    {
        var decided = await Get<DecideRequest>().HandleAsync(TestBroker.As(person), new DecideOrder(requestId, true), null, CancellationToken.None);
        Assert.Null(decided.Refusal);
    }

    /// <summary>Nobody answers for a while.</summary>
    public async Task RemindAsync()
    {
        Clock.Advance(TimeSpan.FromMinutes(15));
        await Get<NudgeRequests>().RunAsync(CancellationToken.None);
    }

    public Task UntilAsync(Func<Task<bool>> holds) => Eventually.TrueAsync(async () =>
    {
        await RingAsync();
        return await holds();
    });

    /// <summary>Sends what is due. The clock stands, so where our own pace makes a call wait a moment, that moment is let pass.</summary>
    public async Task RingAsync()
    {
        var sending = Get<DeliverOutbox>().RunAsync(CancellationToken.None);
        while (await Task.WhenAny(sending, Task.Delay(200)) != sending)
            Clock.Advance(TimeSpan.FromMilliseconds(200));
        await sending;
    }

    private static WebApplication Compose(Databases databases, ManualClock clock, TeamsOptions options, ScriptedActing acting, bool works, Func<Entitlement, Entitlement>? change)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IIssuer>(new ScriptedIssuer());
        builder.Services.AddCore(new CoreOptions(
            databases.Database, clock, Catalog(change), new BrokerLimits(TimeSpan.FromHours(4), TimeSpan.FromHours(12)), new AskLimits(), MintOptions.Default,
            new ChatSurfaces([options.ToSurface()]), new Replica("door")));
        builder.Services.AddChat(new ChatLinks(new Uri("https://jit.example"))).AddTeams(options).RemoveAll<ITeamsActing>().AddSingleton<ITeamsActing>(acting);
        if (!works)
        {
            // A process that dies after its 200: nobody works on what it took.
            builder.Services.Remove(builder.Services.Last(s => s.ServiceType == typeof(Microsoft.Extensions.Hosting.IHostedService) && s.ImplementationFactory is not null));
        }

        var web = builder.Build();
        web.MapTeams();
        return web;
    }
}

/// <summary>Does nothing of its own with what comes in, and remembers it.</summary>
internal sealed class ScriptedActing : ITeamsActing
{
    public ConcurrentQueue<TeamsActivity> Invoked { get; } = new();

    public ConcurrentQueue<TeamsActivity> Heard { get; } = new();

    public Func<TeamsActivity, Task<TeamsAnswer>> OnInvoke { get; set; } = _ => Task.FromResult(new TeamsAnswer(200, new JsonObject { ["statusCode"] = 200, ["type"] = "application/vnd.microsoft.activity.message", ["value"] = "Done." }));

    public Func<TeamsActivity, Task> OnMessage { get; set; } = _ => Task.CompletedTask;

    public Task<TeamsAnswer> InvokeAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        Invoked.Enqueue(activity);
        return OnInvoke(activity);
    }

    public Task MessageAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        Heard.Enqueue(activity);
        return OnMessage(activity);
    }
}
