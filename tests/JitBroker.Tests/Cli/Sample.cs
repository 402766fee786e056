using System.Text.Json;
using JitBroker.Client;

namespace JitBroker.Tests.Cli;

/// <summary>Things as a broker would show them, ten o'clock on 22 November 2026.</summary>
internal static class Sample
{
    internal static readonly PersonResource Ana = new("ana@example.com", "Ana Diaz");
    internal static readonly PersonResource Bea = new("bea@example.com", "Bea");
    internal static readonly PersonResource Cy = new("cy@example.com", "Cy");
    internal const string RequestId = "01KAM0REQAAAAAAAAAAAAAAAAA";
    internal const string GrantId = "01KAM0GRTBBBBBBBBBBBBBBBBB";

    private static DateTimeOffset Now => JumpingClock.Start;

    internal static SessionResource Session(string id, SessionScope scope = SessionScope.Ask) => new()
    {
        Id = id, Scope = scope, StartedAt = Now, EndsAt = Now.AddHours(12), Address = "192.0.2.7", Host = "laptop", Current = false,
    };

    internal static EntitlementResource Entitlement(string name = "orders-db:read") => new()
    {
        Name = name, Title = "Orders database, read only", Risk = Risk.Low, Issuer = "orders-pg", Reason = new ReasonRule(true, "Name a ticket, e.g. INC-42"),
        Duration = new DurationLimits(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1), TimeSpan.FromHours(8)),
        Approval = new ApprovalRule(false, "1 of data-owners", [new ApprovalStage([[new ApprovalClause("data-owners", 1)]])]),
        Revocability = Revocability,
    };

    internal static RequestResource Request(string id = RequestId) => new()
    {
        Id = id, Kind = RequestKind.Access, State = RequestState.Pending, Entitlement = "orders-db:read", Bundle = null, Requester = Ana, Duration = TimeSpan.FromHours(1),
        Reason = "INC-42 slow checkout", StartsAt = null, CreatedAt = Now.AddMinutes(-2), LapsesAt = Now.AddHours(4), SettledAt = null, SettledBy = null, SettledBecause = null,
        Approval = [new ClauseResource("data-owners", 1, 0)], Decisions = [], Grant = null, History = [],
    };

    internal static RequestResource Approved(RequestResource request, GrantState state = GrantState.Active) => request with
    {
        State = RequestState.Approved, SettledAt = Now, SettledBy = Bea, Approval = [new ClauseResource("data-owners", 1, 1)], Grant = new GrantReference(GrantId, state),
    };

    internal static RequestResource Denied(RequestResource request, string comment = "use the replica") => request with
    {
        State = RequestState.Denied, SettledAt = Now, SettledBy = Bea,
        Decisions = [new DecisionResource { By = Bea, Verdict = Verdict.Deny, Duration = null, Comment = comment, At = Now, Surface = Surface.Slack, Counts = true }],
    };

    internal static GrantResource Grant(string id = GrantId, string entitlement = "orders-db:read", GrantState state = GrantState.Active) => new()
    {
        Id = id, Request = RequestId, Entitlement = entitlement, Holder = Ana, State = state, StartsAt = Now, EndsAt = Now.AddMinutes(58), End = null, EndedBy = null, EndReason = null,
        EndRequestedAt = null, VerifiedEndAt = null, AccessMayLastUntil = null, BreakGlass = false, Review = null, Revocability = Revocability, Leases = [],
    };

    internal static CredentialEnvelope Credential<T>(string kind, T credential) => new()
    {
        Lease = "01KAM0LEASECCCCCCCCCCCCCCC", Grant = GrantId, Kind = kind, ExpiresAt = Now.AddMinutes(15), Credential = JsonSerializer.SerializeToElement(credential, Wire.Strict),
    };

    private static RevocabilityResource Revocability => new(RevocationBound.Target, EarlyEnd.Immediate, TimeSpan.FromSeconds(5));
}
