using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// The one way on which this issuer talks to anybody: no redirect is followed, no cookie kept, no proxy of the environment asked, and a request
/// leaves only for the address it was made for. The SDK follows a 307 by itself and would send the broker's signature along; here it cannot.
/// </summary>
internal sealed class AwsNet : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly HttpMessageHandler _handler;

    public AwsNet()
        : this(NewHandler())
    {
    }

    /// <param name="handler">Must not follow redirects.</param>
    internal AwsNet(HttpMessageHandler handler) => _handler = handler;

    /// <summary>The caller disposes of it; the connections stay.</summary>
    public HttpClient ClientFor(Uri endpoint) =>
        new(new Only(endpoint, _handler), disposeHandler: false) { Timeout = Patience, MaxResponseContentBufferSize = 1 << 20 };

    public HttpClientFactory FactoryFor(Uri endpoint) => new Factory(this, endpoint);

    public void Dispose() => _handler.Dispose();

    internal static SocketsHttpHandler NewHandler() => new()
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = Patience, PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxResponseHeadersLength = 64,
    };

    private sealed class Factory(AwsNet net, Uri endpoint) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => net.ClientFor(endpoint);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => true;
    }

    private sealed class Only : DelegatingHandler
    {
        private readonly Uri _endpoint;

        public Only(Uri endpoint, HttpMessageHandler inner)
            : base(inner) => _endpoint = endpoint;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri is not { } to || Uri.Compare(to, _endpoint, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0)
                throw new StrayAnswerException("it leads to another address");
            var response = await base.SendAsync(request, cancellationToken);
            if (response.StatusCode is < HttpStatusCode.MultipleChoices or >= HttpStatusCode.BadRequest)
                return response;
            response.Dispose();
            throw new StrayAnswerException("it leads to another address");
        }
    }
}

/// <summary>Whoever answered is not AWS, or not as AWS answers. Says nothing of the answer.</summary>
internal sealed class StrayAnswerException(string what) : Exception(what);
