using System.Globalization;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// Roles of a PostgreSQL server, versions 15 and up (issuers.md §2): each lease is one login role of its own, a member of the bundle roles of its
/// entitlement, with a random password and <c>valid until</c> the grant's end. See the README beside it for what the broker's role needs.
/// </summary>
internal sealed class PostgresIssuer(SecretLookup secrets, TimeProvider clock) : IIssuer, IProlongs
{
    public const string KindName = "postgres";

    // A mint refuses itself 10 s after it looked at the server's clock (CreateRole), its statements stop after 8 s, its open transaction after 10 s more.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    private static readonly Revocability Declared = new(
        EndBound.Target,
        EarlyEnd.Immediate,
        TimeSpan.Zero,
        SettleTime,
        "the login is removed and open sessions are cut at once; while the broker is down the server lets nobody log in after the end, but a session that is open then goes on until the broker is back");

    public string Kind => KindName;

    public Revocability RevocabilityOf(IssueOrder order) => Declared;

    public MintPlan Plan(IssueOrder order)
    {
        var isReadable = PostgresTerms.TryRead(order.Settings, order.Grants, out var terms, out _);
        var data = isReadable ? RoleHandle.Of(order.LeaseId, terms!) : RoleHandle.OfNothing(order.LeaseId);
        return new MintPlan(new RevocationHandle(KindName, order.Issuer, Declared.EarlyEnd, Declared.Within, Declared.SettleTime, data), Instants.Truncate(order.EndsAt));
    }

    public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        if (!PostgresTerms.TryRead(order.Settings, order.Grants, out var terms, out var problem))
            return new MintOutcome.Refused($"No role can be made for {order.Entitlement}: {problem} The catalog has to be mended.");
        if (plan.ExpiresAt <= order.Now)
            return new MintOutcome.Refused($"The grant of {order.Entitlement} is over.");
        if (!PostgresTarget.TryFind(secrets, terms.Connection, out var target, out problem))
            return new MintOutcome.Unavailable($"{order.Issuer} cannot be reached: {problem} Ask the platform team.", Obstacle.Denied);
        return await new CreateRole(target, order, terms, plan.ExpiresAt).RunAsync(cancellationToken);
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        if (RoleHandle.IsOfNothing(handle))
            return new EndOutcome.Ended(Existed: true);
        if (RoleHandle.Read(handle) is not { } role)
            return new EndOutcome.Failed(NotOurs(handle));
        return PostgresTarget.TryFind(secrets, role.Connection, out var target, out var problem)
            ? await new EndRole(target, role, clock).RunAsync(cancellationToken)
            : new EndOutcome.Failed($"{handle.Target} cannot be reached: {problem} Put it back where it was until {role.Role} has ended.", Obstacle.Denied);
    }

    public async Task<ProlongOutcome> ProlongAsync(RevocationHandle handle, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (RoleHandle.Read(handle) is not { } role)
            return new ProlongOutcome.Failed(NotOurs(handle));
        return PostgresTarget.TryFind(secrets, role.Connection, out var target, out var problem)
            ? await new ProlongRole(target, role).RunAsync(Instants.Truncate(until), cancellationToken)
            : new ProlongOutcome.Failed($"{handle.Target} cannot be reached: {problem}", Obstacle.Denied);
    }

    private static string NotOurs(RevocationHandle handle) =>
        string.Create(CultureInfo.InvariantCulture, $"This is not a handle of the {KindName} issuer: kind `{handle.Kind}`, or `role`, `connection` and `heir` are missing or of another form.");
}
