using JitBroker.Issuing;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// AWS lists no sessions. But which of those that the broker got are served is told by the policies that stand at their roles: a session stands unless it is
/// denied there. So an end that somebody undid by hand is found, and a session in use that was cut off with others. A policy under the broker's names that says
/// something else than the broker wrote is told as somebody else's.
/// </summary>
internal sealed class ListSessions(DenyStore store, AwsAccount account, SecretLookup secrets, TimeProvider clock) : IListsTarget
{
    public string Kind => AwsIssuer.KindName;

    public async Task<TargetListing> ListAsync(TargetToCheck target, CancellationToken cancellationToken)
    {
        if (!AwsWay.TryRead(target.Settings, out var way, out var problem) || !AwsKeys.TryFind(secrets, way, out _, out problem))
            return new TargetListing.Failed($"{target.Issuer} cannot be reached: {problem}");
        try
        {
            var sessions = await store.SessionsAsync(target.Issuer, clock.GetUtcNow(), cancellationToken);
            List<StandingObject> standing = [];
            foreach (var (role, ofRole) in RolesOf(target, way, sessions))
                standing.AddRange(await OfRoleAsync(way, role, ofRole, cancellationToken));
            return new TargetListing.Listed(standing);
        }
        catch (ClosedAccountException e)
        {
            return new TargetListing.Failed(e.Message);
        }
        catch (Exception e) when (Trouble.IsExpected(e, cancellationToken))
        {
            return new TargetListing.Failed(Trouble.Of(way.Iam, "reading the policies of roles", e));
        }
    }

    /// <summary>Those of the catalog, and those that it does not name any more.</summary>
    private static IEnumerable<(RoleArn Role, List<SessionHandle> Sessions)> RolesOf(TargetToCheck target, AwsWay way, IReadOnlyList<SessionHandle> sessions) =>
        target.Entitlements.Select(e => AwsTerms.TryRead(target.Settings, e.Grants, out var terms, out _) ? terms.Role : null).OfType<RoleArn>()
            .Concat(sessions.Where(s => s.Way.Iam == way.Iam).Select(s => s.Role)).Distinct()
            .Select(r => (r, sessions.Where(s => s.Role == r && s.Way.Iam == way.Iam).ToList()));

    private async Task<List<StandingObject>> OfRoleAsync(AwsWay way, RoleArn role, List<SessionHandle> sessions, CancellationToken cancellationToken)
    {
        var (_, iam) = await account.OpenAsync(way, role, cancellationToken);
        var (denied, older) = (await iam.GetRolePolicyAsync(role.Name, DenyPolicy.Name, cancellationToken), await iam.GetRolePolicyAsync(role.Name, DenyPolicy.OlderName, cancellationToken));
        var before = DenyPolicy.OlderThan(older);
        List<StandingObject> standing =
        [
            .. sessions.Where(s => !(s.MintedAt < before) && !DenyPolicy.Denies(denied, s.GrantId, s.LeaseId))
                .Select(s => new StandingObject($"jit-{s.LeaseId.ToLowerInvariant()} in {role.Name}", s.LeaseId, "session that no policy denies")),
        ];
        // Read after IAM: what is being written meanwhile is not yet what stands there.
        var list = await store.ListAsync(DenyStore.IdOf(way, role), cancellationToken);
        var isSettled = list is null || list.Role.Applied == list.Role.Version;
        if (isSettled && !DenyPolicy.Same(list is null ? null : DenyPolicy.Render(list.Denials), denied))
            standing.Add(new StandingObject($"{DenyPolicy.Name} of {role.Name}", null, "policy that the broker did not write so"));
        return standing;
    }
}
