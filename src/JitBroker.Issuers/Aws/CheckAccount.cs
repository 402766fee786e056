using System.Globalization;
using Amazon.SecurityToken.Model;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// What would keep sessions from being had and ended as the catalog promises. Changes nothing at AWS: the session that it tries to get may do nothing and is
/// thrown away, and the writes that it tries to make are ones that IAM must refuse, after it has looked whether the broker may.
/// </summary>
internal sealed class CheckAccount(AwsNet net, SecretLookup secrets, TimeProvider clock) : IChecksTarget
{
    private const string NoPolicy = "{}";
    private const string NothingAllowed = """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}""";
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    public string Kind => AwsIssuer.KindName;

    public async Task<IReadOnlyList<TargetFinding>> CheckAsync(TargetToCheck target, CancellationToken cancellationToken)
    {
        if (!AwsWay.TryRead(target.Settings, out var way, out var problem))
            return [new TargetFinding(true, problem, "Mend the issuer in the catalog.")];
        if (!AwsKeys.TryFind(secrets, way, out var keys, out problem))
            return [new TargetFinding(true, problem, "Set it where the broker runs.")];
        try
        {
            var who = await new StsCalls(net, way, keys).WhoAsync(cancellationToken);
            List<TargetFinding> findings = [];
            if (who.Arn.EndsWith(":root", StringComparison.Ordinal))
                findings.Add(new TargetFinding(true, $"The broker's keys are those of the root of account {who.Account}, which no policy limits.", "Make a user for the broker, with what the issuer's README lists."));
            findings.AddRange(target.Entitlements.SelectMany(e => OfEntitlement(target.Settings, e)));
            foreach (var role in RolesOf(target))
                findings.AddRange(await OfRoleAsync(way, keys, who, role.Key, role.Max(), cancellationToken));
            return [.. findings.Distinct()];
        }
        catch (Exception e) when (Trouble.IsExpected(e, cancellationToken))
        {
            return [new TargetFinding(true, Trouble.Of(way.Sts, "being looked at", e), "Look at the keys, the region and the way to AWS.")];
        }
    }

    private static IEnumerable<TargetFinding> OfEntitlement(string settings, GrantsToCheck entitlement)
    {
        if (!AwsTerms.TryRead(settings, entitlement.Grants, out var terms, out var problem))
            yield return new TargetFinding(true, $"{entitlement.Entitlement}: {problem}", "Mend it in the catalog.");
        else if (SessionPolicy.LengthOf(terms, SessionPolicy.Of(terms, DateTimeOffset.UnixEpoch)) is var length and > SessionPolicy.Longest)
            yield return new TargetFinding(true, string.Create(CultureInfo.InvariantCulture, $"{entitlement.Entitlement}: its session policy comes to {length} characters, and AWS takes {SessionPolicy.Longest}."), "Shorten grants.policy.");
    }

    private static IEnumerable<IGrouping<RoleArn, TimeSpan>> RolesOf(TargetToCheck target) =>
        from entitlement in target.Entitlements
        let terms = AwsTerms.TryRead(target.Settings, entitlement.Grants, out var read, out _) ? read : null
        where terms is not null
        group terms.Session by terms.Role;

    private async Task<List<TargetFinding>> OfRoleAsync(AwsWay way, AwsKeys keys, GetCallerIdentityResponse who, RoleArn role, TimeSpan session, CancellationToken cancellationToken)
    {
        if (role.Account != who.Account)
            return [new TargetFinding(true, $"{role} is in another account than the broker's user {who.Arn}, so no session of it can be ended early.", "Give it an issuer with a user of that account.")];
        var iam = new IamCalls(net, way, keys, clock);
        List<TargetFinding> findings = [.. await OfLookAsync(iam, role, who.Arn, session, cancellationToken), .. await OfRightsAsync(iam, role, cancellationToken)];
        if (iam.LastDate is { } date && (date - clock.GetUtcNow()).Duration() > ClockTolerance)
            findings.Add(new TargetFinding(true, string.Create(CultureInfo.InvariantCulture, $"AWS's clock is {(date - clock.GetUtcNow()).TotalSeconds:0} s ahead of the broker's, so sessions end that much too {(date > clock.GetUtcNow() ? "early" : "late")}."), "Set the broker's (its database's) by NTP."));
        if (await TryToAssumeAsync(way, keys, role, cancellationToken) is { } refused)
            findings.Add(refused);
        return findings;
    }

    private static async Task<IReadOnlyList<TargetFinding>> OfLookAsync(IamCalls iam, RoleArn role, string broker, TimeSpan session, CancellationToken cancellationToken)
    {
        try
        {
            var facts = await iam.GetRoleAsync(role.Name, cancellationToken);
            List<TargetFinding> findings = [.. TrustPolicy.Find(role, facts.Trust, broker)];
            if (facts.Arn != role.Text)
                findings.Add(new TargetFinding(true, $"The role {role.Name} is {facts.Arn} there, and the catalog says {role}.", "Correct grants.role."));
            if (facts.LongestSession < session)
                findings.Add(new TargetFinding(true, string.Create(CultureInfo.InvariantCulture, $"{role} takes sessions of {facts.LongestSession.TotalMinutes:0} minutes at most, and an entitlement asks for {session.TotalMinutes:0}."), "Raise its maximum session duration, or lower grants.session."));
            if (facts.Boundary is null)
                findings.Add(new TargetFinding(false, $"{role} has no permissions boundary, so who holds the broker's keys may give it any right.", "Put a boundary on it that the broker may not change."));
            return findings;
        }
        catch (IamRefusalException e) when (e.IsMissing)
        {
            return [new TargetFinding(true, $"There is no role {role}.", "Make it, or correct grants.role.")];
        }
        catch (IamRefusalException e)
        {
            return [new TargetFinding(false, $"The broker may not look at {role} (iam:GetRole: {e.Code}), so its trust policy, its longest session and its boundary are not checked.", "Allow iam:GetRole on it.")];
        }
    }

    /// <summary>IAM looks at rights before it looks at what is to be written or deleted.</summary>
    private static async Task<IReadOnlyList<TargetFinding>> OfRightsAsync(IamCalls iam, RoleArn role, CancellationToken cancellationToken)
    {
        List<string> lacking = [];
        if (await IsDeniedAsync(() => iam.GetRolePolicyAsync(role.Name, DenyPolicy.Name, cancellationToken)))
            lacking.Add("iam:GetRolePolicy");
        if (await IsDeniedAsync(() => iam.PutRolePolicyAsync(role.Name, DenyPolicy.Name, NoPolicy, cancellationToken)))
            lacking.Add("iam:PutRolePolicy");
        if (await IsDeniedAsync(() => iam.DeleteRolePolicyAsync(role.Name, "JitBrokerCheck", cancellationToken)))
            lacking.Add("iam:DeleteRolePolicy");
        return lacking.Count == 0
            ? []
            : [new TargetFinding(true, $"The broker's user may not {string.Join(", ", lacking)} on {role}, and so could end no session of it early.", "Allow them on this role in the user's policy.")];
    }

    private static async Task<bool> IsDeniedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return false;
        }
        catch (IamRefusalException e)
        {
            return Trouble.IsDenial(e.Code);
        }
    }

    private async Task<TargetFinding?> TryToAssumeAsync(AwsWay way, AwsKeys keys, RoleArn role, CancellationToken cancellationToken)
    {
        var request = new AssumeRoleRequest
        {
            RoleArn = role.Text, RoleSessionName = "jit-check", SourceIdentity = "jit-check", DurationSeconds = StsCalls.SecondsOf(TimeSpan.Zero), Policy = NothingAllowed,
            Tags = [new Tag { Key = SessionNames.GrantTag, Value = "check" }], TransitiveTagKeys = [SessionNames.GrantTag],
        };
        try
        {
            await new StsCalls(net, way, keys).AssumeRoleAsync(request, cancellationToken);
            return null;
        }
        catch (Exception e) when (Trouble.CodeOf(e) is { Length: > 0 })
        {
            return new TargetFinding(true, Trouble.Of(way.Sts, $"assuming {role}", e), "It takes sts:AssumeRole, sts:TagSession and sts:SetSourceIdentity for the broker's user, both in its own policy and in the role's trust policy.");
        }
    }
}
