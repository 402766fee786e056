using System.Collections.Concurrent;
using System.Globalization;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace JitBroker.Issuers.Aws;

/// <summary>STS by way of the SDK, as the broker's own user. Nothing is retried here: who asked is told, and tries again.</summary>
internal sealed class StsCalls(AwsNet net, AwsWay way, AwsKeys keys)
{
    // A key belongs to one account for as long as it exists.
    private static readonly ConcurrentDictionary<(Uri Sts, string KeyId), string> Accounts = new();

    public async Task<Credentials> AssumeRoleAsync(AssumeRoleRequest request, CancellationToken cancellationToken)
    {
        using var client = Client();
        return (await client.AssumeRoleAsync(request, cancellationToken)).Credentials;
    }

    /// <summary>The account of the broker's keys. Nobody can be denied this call.</summary>
    public async Task<string> AccountAsync(CancellationToken cancellationToken) =>
        Accounts.TryGetValue((way.Sts, keys.AccessKeyId), out var known) ? known : (await WhoAsync(cancellationToken)).Account;

    public async Task<GetCallerIdentityResponse> WhoAsync(CancellationToken cancellationToken)
    {
        using var client = Client();
        var who = await client.GetCallerIdentityAsync(new GetCallerIdentityRequest(), cancellationToken);
        Accounts[(way.Sts, keys.AccessKeyId)] = who.Account;
        return who;
    }

    /// <summary>DurationSeconds: never below what AWS takes; the session policy ends it to the second.</summary>
    public static int SecondsOf(TimeSpan life) =>
        (int)Math.Clamp(Math.Ceiling(life.TotalSeconds), AwsTerms.ShortestSession.TotalSeconds, AwsTerms.LongestSession.TotalSeconds);

    private AmazonSecurityTokenServiceClient Client() => new(
        new BasicAWSCredentials(keys.AccessKeyId, keys.SecretAccessKey.Reveal()),
        new AmazonSecurityTokenServiceConfig
        {
            ServiceURL = way.Sts.AbsoluteUri,
            AuthenticationRegion = way.Region,
            IgnoreConfiguredEndpointUrls = true,
            AllowAutoRedirect = false,
            HttpClientFactory = net.FactoryFor(way.Sts),
            MaxErrorRetry = 0,
            RetryMode = RequestRetryMode.Standard,
            Timeout = AwsNet.Patience,
            DisableLogging = true,
        });

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{way.Sts.Authority}");
}
