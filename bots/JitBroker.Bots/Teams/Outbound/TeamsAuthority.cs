using Microsoft.Identity.Client;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Who issues the bot's tokens. The library takes nothing but https and the vendor's form of address; where test endpoints have moved it elsewhere, it is given the vendor's and its calls are
/// sent there.
/// </summary>
/// <param name="Url">What the library is told.</param>
/// <param name="MovedTo">Where that really is; null: there.</param>
internal sealed record TeamsAuthority(string Url, Uri? MovedTo)
{
    private const string Vendors = "https://login.microsoftonline.com/";

    public static TeamsAuthority Of(TeamsOptions options)
    {
        var given = options.Authority;
        var isVendors = given.Scheme == Uri.UriSchemeHttps && given.IsDefaultPort && given.Host is "login.microsoftonline.com" or "login.microsoftonline.us";
        if (!isVendors && options.AllowTestEndpoints)
            return new TeamsAuthority(Vendors + options.Tenants[0], given);
        return new TeamsAuthority(given.AbsolutePath == "/" ? given.AbsoluteUri + options.Tenants[0] : given.AbsoluteUri, MovedTo: null);
    }

    /// <summary>The library's calls, by our own connection: without redirects.</summary>
    internal sealed class Clients(TeamsAuthority authority, HttpClient ours) : IMsalHttpClientFactory
    {
        private readonly HttpClient _client = authority.MovedTo is { } moved ? new HttpClient(new Moved(moved, ours)) : ours;

        public HttpClient GetHttpClient() => _client;
    }

    private sealed class Moved(Uri to, HttpClient ours) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsoluteUri is not { } asked || !asked.StartsWith(Vendors, StringComparison.Ordinal))
                throw new HttpRequestException("The library asked elsewhere than its authority.");
            using var moved = new HttpRequestMessage(request.Method, new Uri(to, asked[Vendors.Length..])) { Content = request.Content };
            foreach (var header in request.Headers)
                moved.Headers.TryAddWithoutValidation(header.Key, header.Value);
            return await ours.SendAsync(moved, cancellationToken);
        }
    }
}
