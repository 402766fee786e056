using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Ack;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.People;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;
using JitBroker.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Benchmarks.Teams;

/// <summary>The whole broker as it is served, with a <see cref="BenchTenant"/> beside it that signs and takes what the broker posts, and a target that hangs.</summary>
internal sealed class TeamsWorld : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 200 });
    private readonly BenchTenant _tenant;
    private readonly WebApplication _broker;
    private readonly TimeProvider _clock = HostClock.New();
    private int _count;

    private TeamsWorld(BenchTenant tenant, WebApplication broker, HangingIssuer issuer) => (_tenant, _broker, Issuer) = (tenant, broker, issuer);

    public HangingIssuer Issuer { get; }

    public T Get<T>()
        where T : notnull => _broker.Services.GetRequiredService<T>();

    public static async Task<TeamsWorld> StartAsync(PrivateDatabase place, BenchSettings settings, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "catalog.yaml"), BenchCatalog.Yaml(settings.Algorithm), cancellationToken);
        var tenant = await BenchTenant.StartAsync(cancellationToken);
        var issuer = new HangingIssuer();
        var broker = BrokerHost.Build(Read(place, tenant), new BrokerHostOptions
        {
            Urls = ["http://127.0.0.1:0"],
            ConfigureLogging = logging => logging.ClearProviders(),
            ConfigureServices = services => services.AddSingleton<IIssuer>(issuer),
        });
        await broker.StartAsync(cancellationToken);
        var world = new TeamsWorld(tenant, broker, issuer);
        await world.PostAsync(world.Activity("installationUpdate", BenchCatalog.Approver(0)), cancellationToken);
        return world;
    }

    /// <summary>A press on a card in the person's own chat.</summary>
    /// <returns>Whether it was answered with 200 and a body.</returns>
    public async Task<bool> PressAsync(Person who, string verb, string id, CancellationToken cancellationToken)
    {
        var activity = Activity("invoke", who);
        (activity["name"], activity["replyToId"]) = ("adaptiveCard/action", "1700");
        activity["value"] = new JsonObject { ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = verb, ["data"] = new JsonObject { ["id"] = id } } };
        return await PostAsync(activity, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.StopAsync();
        await _broker.DisposeAsync();
        await _tenant.DisposeAsync();
        _http.Dispose();
    }

    private JsonObject Activity(string type, Person who) => new()
    {
        ["type"] = type,
        ["id"] = string.Create(CultureInfo.InvariantCulture, $"f:{Interlocked.Increment(ref _count)}"),
        ["channelId"] = "msteams",
        ["serviceUrl"] = _tenant.ServiceUrl.AbsoluteUri,
        ["from"] = new JsonObject { ["id"] = "29:" + who.Name, ["aadObjectId"] = BenchCatalog.ObjectOf(who) },
        ["recipient"] = new JsonObject { ["id"] = "28:" + BenchTenant.AppId },
        ["conversation"] = new JsonObject { ["id"] = "a:" + who.Name, ["conversationType"] = "personal", ["tenantId"] = BenchCatalog.Tenant },
        ["channelData"] = new JsonObject { ["tenant"] = new JsonObject { ["id"] = BenchCatalog.Tenant } },
    };

    private async Task<bool> PostAsync(JsonObject activity, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_broker.Urls.First()), "/api/messages"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _tenant.Sign(_clock.GetUtcNow()));
        request.Content = new StringContent(activity.ToJsonString(), Encoding.UTF8, "application/json");
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.StatusCode == HttpStatusCode.OK && (body.Length > 0 || (string?)activity["type"] != "invoke");
        }
        catch (HttpRequestException)
        {
            // Not answered: counted as failed.
            return false;
        }
    }

    private static BrokerSettings Read(PrivateDatabase place, BenchTenant tenant)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Broker:PublicUrl"] = BenchCatalog.PublicUrl,
            ["Broker:Catalog"] = "catalog.yaml",
            ["Broker:AllowTestEndpoints"] = "true",
            ["Database:Kind"] = place.Engine == Engine.Postgres ? "postgres" : "sqlite",
            ["Database:ConnectionString"] = place.ConnectionString,
            ["Teams:Enabled"] = "true",
            ["Teams:AppId"] = BenchTenant.AppId,
            ["Teams:Tenants:0"] = BenchCatalog.Tenant,
            ["Teams:ClientSecret"] = "a-secret",
            ["Teams:Authority"] = tenant.Url.AbsoluteUri,
            ["Teams:OpenIdMetadataUrl"] = tenant.MetadataUrl.AbsoluteUri,
            ["Teams:ServiceHosts:0"] = tenant.Url.Authority,
            ["Teams:Channel"] = "19:access@thread.tacv2",
            ["Signing:KeysDirectory"] = "keys",
        };
        var result = SettingsLoader.Load(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), new SecretResolver(_ => null, place.Folder), place.Folder);
        return result.Settings ?? throw new InvalidOperationException($"The benchmark's settings are refused: {result.Problems[0]}");
    }
}
