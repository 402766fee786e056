using System.Security.Cryptography;
using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;
using Microsoft.Identity.Client;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace JitBroker.Bots.Teams;

/// <summary>The bot's own token (chat-wire B3), by the app's secret or certificate. Kept until shortly before its end; a rotated secret or file makes a new one. It is never logged.</summary>
internal sealed partial class TeamsCredentials(TeamsOptions options, ChatHttp http, TimeProvider clock, ILogger<TeamsCredentials> log) : IDisposable
{
    private static readonly string[] Scopes = ["https://api.botframework.com/.default"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _making = new(1, 1);
    private (string Proof, IConfidentialClientApplication App)? _app;
    private volatile string? _refused;

    /// <summary>What stands in the way of a token, for people; null: nothing that is known.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Null when none can be had now.</summary>
    public async Task<string?> TokenAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var app = await AppAsync(either.Token);
            var result = await app.AcquireTokenForClient(Scopes).ExecuteAsync(either.Token);
            if (result.AccessToken == _refused)
                result = await app.AcquireTokenForClient(Scopes).WithForceRefresh(true).ExecuteAsync(either.Token);
            Trouble = null;
            return result.AccessToken;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // The message of the library may quote what was sent.
            var why = e is MsalException refused ? refused.ErrorCode : e.GetType().Name;
            Trouble = $"The bot gets no token of its own ({why}).";
            LogNoToken(log, options.Authority.Host, why);
            return null;
        }
    }

    /// <summary>A service took a token for no good: the next one is a new one.</summary>
    public void Refuse(string token) => _refused = token;

    public void Dispose() => _making.Dispose();

    private async Task<IConfidentialClientApplication> AppAsync(CancellationToken cancellationToken)
    {
        await _making.WaitAsync(cancellationToken);
        try
        {
            var secret = options.ClientSecret();
            var proof = Convert.ToHexString(SHA256.HashData(options.CertificatePath.Length > 0 ? await File.ReadAllBytesAsync(options.CertificatePath, cancellationToken) : System.Text.Encoding.UTF8.GetBytes(secret)));
            if (_app is { } known && known.Proof == proof)
                return known.App;
            var authority = TeamsAuthority.Of(options);
            var builder = ConfidentialClientApplicationBuilder.Create(options.AppId)
                .WithAuthority(authority.Url, validateAuthority: false)
                .WithInstanceDiscovery(false)
                .WithHttpClientFactory(new TeamsAuthority.Clients(authority, http.Client));
            var app = options.CertificatePath.Length > 0 ? builder.WithCertificate(TeamsCertificate.Read(options.CertificatePath)).Build() : builder.WithClientSecret(secret).Build();
            _app = (proof, app);
            return app;
        }
        finally
        {
            _making.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Host} gives the bot no token ({Why}): nothing can be told in Teams. Check Teams:AppId, Teams:Tenants and Teams:ClientSecret or Teams:CertificatePath")]
    private static partial void LogNoToken(ILogger log, string host, string why);
}
