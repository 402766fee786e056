using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Catalog;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;
using JitBroker.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Benchmarks.Authz;

/// <summary>The whole broker as it is served, on SQLite, and one token that opens a door.</summary>
internal sealed class AuthzWorld : IAsyncDisposable
{
    public const string Resource = "door";

    private readonly PrivateDatabase _place;
    private readonly WebApplication _broker;

    private AuthzWorld(PrivateDatabase place, WebApplication broker, string token) => (_place, _broker, Token) = (place, broker, token);

    public string Token { get; }

    public Uri Url => new(new Uri(_broker.Urls.First()), "authz");

    public static async Task<AuthzWorld> StartAsync(CancellationToken cancellationToken)
    {
        var place = (await PrivateDatabase.NewAsync(Engine.Sqlite, cancellationToken))!;
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "catalog.yaml"), BenchCatalog.Yaml("RS256"), cancellationToken);
        var broker = BrokerHost.Build(Read(place), new BrokerHostOptions { Urls = ["http://127.0.0.1:0"], ConfigureLogging = logging => logging.ClearProviders() });
        await broker.StartAsync(cancellationToken);
        return new AuthzWorld(place, broker, await CollectAsync(broker.Services, cancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.StopAsync();
        await _broker.DisposeAsync();
        await _place.DisposeAsync();
    }

    private static async Task<string> CollectAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var asker = As(BenchCatalog.Asker(0));
        var order = new SubmitOrder(BenchCatalog.Hanging, IsBundle: false, TimeSpan.FromHours(4), "");
        var request = Expect(await services.GetRequiredService<SubmitRequest>().HandleAsync(asker, order, null, cancellationToken)).Requests[0];
        var decided = Expect(await services.GetRequiredService<DecideRequest>().HandleAsync(As(BenchCatalog.Approver(0)), new DecideOrder(request.Id, Approve: true), null, cancellationToken));
        return (string)Expect(await services.GetRequiredService<MintLease>().HandleAsync(asker, decided.Grant!.Id, cancellationToken)).Credential.Reveal()["token"]!;
    }

    private static Actor As(Person person) => new(person, Surface.Slack, $"slack:{BenchCatalog.Team}/{BenchCatalog.AccountOf(person)}");

    private static T Expect<T>(Outcome<T> outcome)
        where T : class => outcome.Value ?? throw new InvalidOperationException($"The access was refused: {outcome.Refusal?.Code}: {outcome.Refusal?.Text}");

    private static BrokerSettings Read(PrivateDatabase place)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Broker:PublicUrl"] = BenchCatalog.PublicUrl,
            ["Broker:Catalog"] = "catalog.yaml",
            ["Database:ConnectionString"] = place.ConnectionString,
            ["Signing:KeysDirectory"] = "keys",
        };
        var result = SettingsLoader.Load(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), new SecretResolver(_ => null, place.Folder), place.Folder);
        return result.Settings ?? throw new InvalidOperationException($"The benchmark's settings are refused: {result.Problems[0]}");
    }
}
