using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Catalog;
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

namespace JitBroker.Benchmarks.Scim;

/// <summary>The whole broker as it is served; an identity provider pushes everybody by HTTP, while people ask and decide.</summary>
internal static class ScimBench
{
    private const int Users = 10_000;
    private const int Patches = 50;
    private const int AtOnce = 8;
    private const string Token = "scim-bearer-token-of-the-benchmark";

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    public static async Task<ScimFigures?> RunAsync(Engine engine, BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        await using var place = await PrivateDatabase.NewAsync(engine, cancellationToken);
        if (place is null)
            return null;
        await File.WriteAllTextAsync(Path.Combine(place.Folder, "catalog.yaml"), BenchCatalog.Yaml(settings.Algorithm), cancellationToken);
        await using var broker = BrokerHost.Build(Read(place), new BrokerHostOptions { Urls = ["http://127.0.0.1:0"], ConfigureLogging = logging => logging.ClearProviders() });
        await broker.StartAsync(cancellationToken);
        progress.Say($"{engine}: decisions by themselves, {settings.Seconds} s");
        var calm = new List<TimeSpan>();
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
        {
            enough.CancelAfter(TimeSpan.FromSeconds(settings.Seconds));
            await DecideAsync(broker, calm, 0, enough.Token);
        }

        progress.Say($"{engine}: {Users} users");
        var beside = new List<TimeSpan>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var deciding = DecideAsync(broker, beside, calm.Count, over.Token);
        var clock = Stopwatch.StartNew();
        await SyncAsync(new Uri(broker.Urls.First()), cancellationToken);
        var took = clock.Elapsed;
        await over.CancelAsync();
        await deciding;
        await broker.StopAsync(cancellationToken);
        return new ScimFigures(engine, Users, Patches, AtOnce, took, calm, beside);
    }

    private static async Task SyncAsync(Uri url, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var ids = new string[Users];
        await Parallel.ForEachAsync(Enumerable.Range(0, Users), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (i, token) =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"user{i:00000}");
            ids[i] = await SendAsync(http, HttpMethod.Post, "/scim/v2/Users", $$"""{"userName":"{{name}}@example.com","externalId":"{{name}}","displayName":"{{name}}","emails":[{"value":"{{name}}@example.com","primary":true}],"active":true}""", token);
        });
        var group = await SendAsync(http, HttpMethod.Post, "/scim/v2/Groups", """{"displayName":"Everybody"}""", cancellationToken);
        foreach (var some in ids.Chunk(Users / Patches))
        {
            var members = string.Join(',', some.Select(id => $$"""{"value":"{{id}}"}"""));
            await SendAsync(http, HttpMethod.Patch, $"/scim/v2/Groups/{group}?excludedAttributes=members", $$"""{"Operations":[{"op":"add","path":"members","value":[{{members}}]}]}""", cancellationToken);
        }
    }

    private static async Task<string> SendAsync(HttpClient http, HttpMethod method, string path, string body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/scim+json") };
        using var response = await http.SendAsync(message, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? (string)JsonNode.Parse(answer)!["id"]! : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {answer}");
    }

    /// <summary>Until it is told to stop: one asks, another approves, and that is timed.</summary>
    private static async Task DecideAsync(WebApplication broker, List<TimeSpan> latencies, int turn, CancellationToken cancellationToken)
    {
        var (submit, decide) = (broker.Services.GetRequiredService<SubmitRequest>(), broker.Services.GetRequiredService<DecideRequest>());
        for (; !cancellationToken.IsCancellationRequested; turn++)
        {
            var clock = Stopwatch.StartNew();
            var asked = await submit.HandleAsync(As(BenchCatalog.Asker(turn)), new SubmitOrder(BenchCatalog.Entitlement, false, TimeSpan.FromMinutes(5), "INC-42"), null, CancellationToken.None);
            var decided = await decide.HandleAsync(As(BenchCatalog.Approver(turn)), new DecideOrder(asked.Value!.Requests[0].Id, Approve: true), null, CancellationToken.None);
            latencies.Add(decided.Value?.Grant is null ? throw new InvalidOperationException($"The decision was refused: {decided.Refusal?.Text}") : clock.Elapsed);
            await Task.Delay(Between, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private static Actor As(Person person) => new(person, Surface.Api, "bench");

    private static BrokerSettings Read(PrivateDatabase place)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Broker:PublicUrl"] = BenchCatalog.PublicUrl,
            ["Broker:Catalog"] = "catalog.yaml",
            ["Database:Kind"] = place.Engine == Engine.Postgres ? "postgres" : "sqlite",
            ["Database:ConnectionString"] = place.ConnectionString,
            ["Signing:KeysDirectory"] = "keys",
            ["Scim:Clients:0:Name"] = "bench",
            ["Scim:Clients:0:Tokens:0"] = Token,
        };
        var result = SettingsLoader.Load(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), new SecretResolver(_ => null, place.Folder), place.Folder);
        return result.Settings ?? throw new InvalidOperationException($"The benchmark's settings are refused: {result.Problems[0]}");
    }
}
