using System.Net;
using System.Text.Json;

namespace JitBroker.People.OnCall;

/// <summary>
/// The one way out to on-call services: GET, no redirects, no cookies, an answer of JSON bounded in size and time. The address comes from the catalog (E4).
/// </summary>
internal sealed class OnCallHttp(TimeProvider clock) : IDisposable
{
    /// <summary>Most pages of one schedule; more is taken for a service that never ends.</summary>
    public const int MostPages = 100;

    private const int Largest = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = Patience,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = Largest,
    };

    /// <exception cref="OnCallUnknownException">It did not answer, or not with JSON.</exception>
    public async Task<JsonElement> GetAsync(Uri address, string authorization, string accept, string who, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw new OnCallUnknownException($"{who} answered {(int)response.StatusCode}");
            using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(either.Token));
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new OnCallUnknownException($"{who} answered what is no JSON");
        }
        catch (HttpRequestException)
        {
            // Its message may quote the address, and with it what an operator put there.
            throw new OnCallUnknownException($"{who} did not answer");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OnCallUnknownException($"{who} did not answer");
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Within a source only: the message is the answer's <c>Why</c>.</summary>
internal sealed class OnCallUnknownException(string why) : Exception(why);
