using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace JitBroker.Client;

/// <summary>
/// One broker over HTTP: sends, and turns every outcome into a reply, a <see cref="BrokerRefusedException"/> or a <see cref="BrokerUnreachableException"/>.
/// The bearer goes to this broker's origin only: redirects are never followed.
/// </summary>
internal sealed class BrokerConnection : IDisposable
{
    private const int LargestReply = 64 * 1024 * 1024;
    private readonly HttpClient http;
    private readonly string? token;

    internal BrokerConnection(Uri broker, string? token, HttpMessageHandler? handler, TimeSpan timeout)
    {
        this.token = token;
        http = new HttpClient(handler ?? Direct(), disposeHandler: handler is null)
        {
            BaseAddress = broker.AbsoluteUri.EndsWith('/') ? broker : new Uri(broker.AbsoluteUri + "/"),
            Timeout = timeout,
            MaxResponseContentBufferSize = LargestReply,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("jit", typeof(BrokerConnection).Assembly.GetName().Version?.ToString(3)));
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json, application/problem+json");
    }

    private static SocketsHttpHandler Direct() => new() { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) };

    /// <summary>A call whose 2xx is a <typeparamref name="T"/>.</summary>
    internal async Task<BrokerReply<T>> CallAsync<T>(Call call, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var answer = await AnswerAsync(call, cancel);
        if (!answer.Succeeded)
            throw Refusal.Read(answer, http.BaseAddress!);
        return new BrokerReply<T>(Parse(answer, type), answer.Body, answer.Status, answer.ServerTime);
    }

    /// <summary>A call whose every outcome the caller reads alone.</summary>
    internal async Task<Answer> AnswerAsync(Call call, CancellationToken cancel)
    {
        // Sent again only when the first sending cannot have done a second thing.
        var attempts = call.Repeatable ? 2 : 1;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await SendAsync(call, cancel);
            }
            catch (HttpRequestException) when (attempt < attempts)
            {
                continue;
            }
            catch (HttpRequestException fault)
            {
                throw new BrokerUnreachableException($"{Origin} does not answer: {Sentence(fault)}", fault);
            }
            catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
            {
                throw new BrokerUnreachableException($"{Origin} did not answer within {Durations.ToShort(http.Timeout)}.", fault);
            }
        }
    }

    /// <summary>The body as a stream, for exports that do not fit in memory.</summary>
    internal async Task<Stream> StreamAsync(Call call, CancellationToken cancel)
    {
        using var request = Message(call);
        try
        {
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.IsSuccessStatusCode)
                return await response.Content.ReadAsStreamAsync(cancel);
            using (response)
                throw Refusal.Read(await Answer.ReadAsync(response, cancel), http.BaseAddress!);
        }
        catch (HttpRequestException fault)
        {
            throw new BrokerUnreachableException($"{Origin} does not answer: {Sentence(fault)}", fault);
        }
    }

    private async Task<Answer> SendAsync(Call call, CancellationToken cancel)
    {
        using var request = Message(call);
        using var response = await http.SendAsync(request, cancel);
        return await Answer.ReadAsync(response, cancel);
    }

    private HttpRequestMessage Message(Call call)
    {
        var request = new HttpRequestMessage(call.Method, new Uri(call.Path, UriKind.Relative)) { Content = call.Content?.Invoke() };
        if (call.Authenticated && token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (call.IdempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", call.IdempotencyKey);
        return request;
    }

    private T Parse<T>(Answer answer, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type) ?? throw new JsonException("The reply is null.");
        }
        catch (JsonException fault)
        {
            throw new BrokerUnreachableException($"{Origin} answered, but not as a broker of this version would ({(int)answer.Status}; {fault.Message})", fault);
        }
    }

    private string Origin => http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private static string Sentence(HttpRequestException fault) => fault.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its name is not known here.",
        HttpRequestError.ConnectionError => "no connection could be made.",
        HttpRequestError.SecureConnectionError => "its certificate was not accepted, or it does not speak TLS.",
        _ => fault.Message,
    };

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
