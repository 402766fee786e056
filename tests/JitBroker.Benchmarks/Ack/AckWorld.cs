using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Playground;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;
using JitBroker.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Benchmarks.Ack;

/// <summary>The whole broker as it is served, with a chat workspace beside it that takes what the broker posts, and a target that hangs.</summary>
internal sealed class AckWorld : IAsyncDisposable
{
    private readonly PlaygroundHost _slack;
    private readonly WebApplication _broker;

    private AckWorld(PlaygroundHost slack, WebApplication broker, HangingIssuer issuer) => (_slack, _broker, Issuer) = (slack, broker, issuer);

    public HangingIssuer Issuer { get; }

    public Uri Url => new(_broker.Urls.First());

    public string SigningSecret => _slack.Options.SigningSecret;

    public T Get<T>()
        where T : notnull => _broker.Services.GetRequiredService<T>();

    public static async Task<AckWorld> StartAsync(PrivateDatabase place, BenchSettings settings, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "catalog.yaml"), BenchCatalog.Yaml(settings.Algorithm), cancellationToken);
        var slack = await PlaygroundHost.StartAsync(
            new PlaygroundOptions
            {
                Clock = HostClock.New(),
                TeamId = BenchCatalog.Team,
                People = [.. BenchCatalog.People().Select(p => new PlaygroundPerson(BenchCatalog.AccountOf(p), p.Name, p.Name) { Email = p.Email })],
                Channels = [new PlaygroundChannel("C0DATA", "data")],
                RateLimits = new PlaygroundRateLimits { Enabled = false },
            },
            cancellationToken);
        var issuer = new HangingIssuer();
        var broker = BrokerHost.Build(Read(place, slack), new BrokerHostOptions
        {
            Urls = ["http://127.0.0.1:0"],
            ConfigureLogging = logging => logging.ClearProviders(),
            ConfigureServices = services => services.AddSingleton<IIssuer>(issuer),
        });
        await broker.StartAsync(cancellationToken);
        return new AckWorld(slack, broker, issuer);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.StopAsync();
        await _broker.DisposeAsync();
        await _slack.DisposeAsync();
    }

    private static BrokerSettings Read(PrivateDatabase place, PlaygroundHost slack)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Broker:PublicUrl"] = BenchCatalog.PublicUrl,
            ["Broker:Catalog"] = "catalog.yaml",
            ["Broker:AllowTestEndpoints"] = "true",
            ["Database:Kind"] = place.Engine == Engine.Postgres ? "postgres" : "sqlite",
            ["Database:ConnectionString"] = place.ConnectionString,
            ["Slack:Enabled"] = "true",
            ["Slack:ApiUrl"] = slack.ApiUrl.AbsoluteUri,
            ["Slack:BotToken"] = slack.Options.BotToken,
            ["Slack:SigningSecrets:0"] = slack.Options.SigningSecret,
            ["Slack:Workspaces:0"] = BenchCatalog.Team,
            ["Slack:Channel"] = "C0DATA",
            ["Signing:KeysDirectory"] = "keys",
        };
        var result = SettingsLoader.Load(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), new SecretResolver(_ => null, place.Folder), place.Folder);
        return result.Settings ?? throw new InvalidOperationException($"The benchmark's settings are refused: {result.Problems[0]}");
    }
}
