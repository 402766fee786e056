namespace JitBroker.Bots.Chat;

/// <summary>The connection to chat services: no redirects (a token must not follow one), no cookies.</summary>
internal sealed class ChatHttp : IDisposable
{
    public HttpClient Client { get; } = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 1 << 20,
    };

    public void Dispose() => Client.Dispose();
}
