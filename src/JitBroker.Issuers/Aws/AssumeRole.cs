using System.Globalization;
using System.Text.Json.Nodes;
using Amazon.SecurityToken.Model;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// Mints: one AssumeRole. Nothing stands at AWS afterwards but the session; a mint whose answer was lost gave nobody anything, and its tags are denied at
/// its end all the same.
/// </summary>
internal sealed class AssumeRole(AwsNet net, IssueOrder order, AwsTerms terms, AwsKeys keys, DateTimeOffset until)
{
    public async Task<MintOutcome> RunAsync(CancellationToken cancellationToken)
    {
        var policy = SessionPolicy.Of(terms, until);
        if (SessionPolicy.LengthOf(terms, policy) is var length and > SessionPolicy.Longest)
            return new MintOutcome.Refused(string.Create(
                CultureInfo.InvariantCulture,
                $"No session can be had for {order.Entitlement}: its policy, its policyArns and the end that the broker adds are {length} characters, and AWS takes {SessionPolicy.Longest}. Shorten grants.policy, or move parts of it into a policy of the role."));
        var sts = new StsCalls(net, terms.Way, keys);
        try
        {
            var account = await sts.AccountAsync(cancellationToken);
            return account == terms.Role.Account
                ? new MintOutcome.Minted(CredentialOf(await sts.AssumeRoleAsync(Request(policy), cancellationToken)))
                : new MintOutcome.Refused($"{terms.Role} is in another account than the broker's user ({account}), so the broker could not end a session of it early. Give it an issuer with a user of that account.");
        }
        catch (Exception e) when (Trouble.IsExpected(e, cancellationToken))
        {
            var why = Trouble.Of(terms.Way.Sts, $"assuming {terms.Role}", e);
            return Trouble.IsOrders(e) ? new MintOutcome.Refused(why) : new MintOutcome.Unavailable(why, Trouble.ObstacleOf(e));
        }
    }

    private AssumeRoleRequest Request(string policy) => new()
    {
        RoleArn = terms.Role.Text,
        RoleSessionName = SessionNames.SessionOf(order.LeaseId, order.Holder),
        SourceIdentity = SessionNames.SourceIdentityOf(order.Holder),
        DurationSeconds = StsCalls.SecondsOf(until - order.Now),
        Policy = policy,
        PolicyArns = terms.PolicyArns.Count == 0 ? null : [.. terms.PolicyArns.Select(a => new PolicyDescriptorType { Arn = a })],
        Tags = [Tag(SessionNames.GrantTag, order.GrantId), Tag(SessionNames.LeaseTag, order.LeaseId), Tag(SessionNames.UserTag, SessionNames.UserOf(order.Holder))],
        TransitiveTagKeys = [SessionNames.GrantTag, SessionNames.LeaseTag],
    };

    /// <summary>In the shape of contract §4. <c>expiration</c> is when everything is denied, which may be before AWS's own.</summary>
    private Credential CredentialOf(Credentials got)
    {
        var expiration = got.Expiration is { } theirs && theirs.ToUniversalTime() < until.UtcDateTime ? new DateTimeOffset(theirs.ToUniversalTime(), TimeSpan.Zero) : until;
        return new Credential(AwsIssuer.KindName, new JsonObject
        {
            ["accessKeyId"] = got.AccessKeyId,
            ["secretAccessKey"] = got.SecretAccessKey,
            ["sessionToken"] = got.SessionToken,
            ["expiration"] = Instants.Truncate(expiration).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["region"] = terms.Way.Region,
        });
    }

    private static Tag Tag(string key, string value) => new() { Key = key, Value = value };
}
