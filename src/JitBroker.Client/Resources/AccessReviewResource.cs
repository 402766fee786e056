namespace JitBroker.Client;

/// <summary>
/// The answer of <c>GET /v1/catalog/review</c>: for admins and auditors of everything, for owners of what they own. What was not used since <paramref name="Since"/> counts as unused;
/// where the broker began to look later (<paramref name="KnownSince"/>), nothing is proposed for removal. <paramref name="Patch"/> is a unified diff of the catalog in force, empty when
/// there is nothing to remove, and null for those who do not see the catalog as a whole; <paramref name="ByHand"/> is what it could not be made to say. (An addition to the contract.)
/// </summary>
public sealed record AccessReviewResource(
    DateTimeOffset At, DateTimeOffset Since, DateTimeOffset? KnownSince, IReadOnlyList<EntitlementReviewResource> Entitlements, IReadOnlyList<IdleMemberResource> IdleMembers, string? Patch, IReadOnlyList<string> ByHand);

/// <summary>One entitlement. <paramref name="Owner"/> is a group or an address, or null; of <paramref name="UnusedBy"/> the first twenty stand here.</summary>
public sealed record EntitlementReviewResource(
    string Name, string Title, string? Owner, int MayAsk, int Asked, DateTimeOffset? LastUsedAt, int Unused, IReadOnlyList<PersonResource> UnusedBy, IReadOnlyList<PersonUseResource> Uses, IReadOnlyList<ProposalResource> Proposals);

/// <summary>Who asked for it, how often, how many grants they got, and when they last collected a credential.</summary>
public sealed record PersonUseResource(PersonResource Person, int Asks, DateTimeOffset AskedAt, int Grants, DateTimeOffset? UsedAt);

/// <summary><paramref name="Action"/> is <c>keep</c> or <c>remove</c>, <paramref name="What"/> <c>entitlement</c> or <c>group</c>.</summary>
public sealed record ProposalResource(string Action, string What, string Name, string Because);

/// <summary>A member of a group that only lets its members ask, who used nothing of it.</summary>
public sealed record IdleMemberResource(string Group, PersonResource Person);
