using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Crashes;

/// <summary>
/// People who ask, collect and sometimes end, over HTTP, without a pause and whatever happens to the broker. A broker that is away or says it is unavailable
/// is what they are here for; any other refusal fails the test.
/// </summary>
internal sealed class Load(Uri broker, IReadOnlyList<string> sessions)
{
    private const int PerSession = 3;

    private int _steps;
    private int _collectCalls;

    /// <summary>Steps that the broker answered with success.</summary>
    public int Steps => Volatile.Read(ref _steps);

    /// <summary>How often a credential was asked for, answered or not.</summary>
    public int CollectCalls => Volatile.Read(ref _collectCalls);

    /// <summary>Codes of the refusals, with their count.</summary>
    public ConcurrentDictionary<string, int> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Every credential that was handed out, by lease.</summary>
    public ConcurrentDictionary<string, string> Credentials { get; } = new(StringComparer.Ordinal);

    /// <summary>Works until told to stop.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(sessions.SelectMany(s => Enumerable.Range(0, PerSession).Select(n => WorkAsync(s, n, stop))));

    /// <summary>Every credential is dead, by the broker's own word.</summary>
    public async Task AllDeadAsync()
    {
        using var http = new HttpClient { BaseAddress = broker };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{LiveCatalog.ServiceClient}:{LiveCatalog.ServiceSecret}")));
        foreach (var (lease, token) in Credentials)
        {
            using var answer = await http.PostAsync(new Uri("oauth/introspect", UriKind.Relative), new FormUrlEncodedContent([new("token", token)]));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var body = await answer.Content.ReadFromJsonAsync<JsonObject>();
            Assert.False(body!["active"]!.GetValue<bool>(), $"The credential of lease {lease} still stands after its end.");
        }
    }

    private async Task WorkAsync(string session, int turn, CancellationToken stop)
    {
        using var client = new BrokerClient(broker, session, timeout: TimeSpan.FromSeconds(10));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await OneAsync(client, turn++, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (BrokerUnreachableException)
            {
                Refused.AddOrUpdate("unreachable", 1, static (_, n) => n + 1);
                await Task.Yield();
            }
            catch (BrokerRefusedException e) when (e.Code is Codes.Unavailable or Codes.IssuerUnavailable or Codes.RateLimited or Codes.GrantEnded or Codes.GrantNotActive || IsTooLate(e))
            {
                Refused.AddOrUpdate(e.Code, 1, static (_, n) => n + 1);
                await Task.Yield();
            }
        }
    }

    /// <summary>On a busy machine a grant of seconds is nearly over when its credential is asked for.</summary>
    private static bool IsTooLate(BrokerRefusedException e) => e.Code == Codes.IssuerRefused && e.Message.Contains("ends within a second", StringComparison.Ordinal);

    private async Task OneAsync(BrokerClient client, int turn, CancellationToken stop)
    {
        var asked = (await client.SubmitAsync(new SubmitBody { Entitlement = LiveCatalog.Quick, Duration = turn % 2 == 0 ? "2s" : "4s", Reason = "load" }, null, stop)).Value;
        Interlocked.Increment(ref _steps);
        var grant = asked.Grant!.Id;
        for (var i = 0; i < 2; i++)
        {
            Interlocked.Increment(ref _collectCalls);
            var collected = (await client.CollectAsync(grant, stop)).Value;
            Assert.True(Credentials.TryAdd(collected.Lease, collected.Credential.GetProperty("token").GetString()!), "Two collections were given one lease.");
            Interlocked.Increment(ref _steps);
        }

        if (turn % 3 == 0)
            await client.EndAsync(grant, new EndBody(), null, stop);
        Interlocked.Increment(ref _steps);
    }
}
