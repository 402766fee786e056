using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Who is behind an activity. Accounts are (tenant, object id), which Teams vouches for, named by the catalog or linked; nothing in chat makes a person, and no name or address of a profile
/// is ever looked at. An account that is a bot's, a guest's or of another tenant is refused, whoever it is said to be. Each no is an event.
/// </summary>
internal sealed class TeamsPeople(TeamsOptions options, TeamsCalls calls, CatalogHolder catalogs, Refusals refusals, Database database, EventStore events, TimeProvider clock)
{
    public const string SurfaceName = "teams";

    private const int MostKept = 20_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, Member Member)> _checked = new(StringComparer.Ordinal);

    /// <param name="attempt">What they are about to do, for the event of a refusal.</param>
    public async Task<Outcome<Actor>> ResolveAsync(TeamsActivity activity, string attempt, Assurance assurance, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        var (account, objection) = await AccountAsync(activity, assurance, cancellationToken);
        if (account is null)
            return await StrangerAsync(activity, attempt, objection!, cancellationToken);
        if (directory.Find(account) is not { } person)
            return await StrangerAsync(activity, attempt, objection ?? Refused.Unknown(directory, SurfaceName, $"{account.Tenant}/{account.Id}"), cancellationToken);
        var actor = ActorOf(person, account);
        return objection is null ? actor : await refusals.RecordAsync(actor, attempt, null, null, objection, cancellationToken);
    }

    /// <summary>
    /// The account behind an activity and whose it is, for linking: it may be nobody's yet, but Teams must have said within the last minute that it is no bot's, no guest's and of an
    /// accepted tenant.
    /// </summary>
    public async Task<Outcome<LinkSide>> SideAsync(TeamsActivity activity, string attempt, CancellationToken cancellationToken)
    {
        var (account, objection) = await AccountAsync(activity, Assurance.Certain, cancellationToken);
        if (account is null || objection is not null)
            return await StrangerAsync(activity, attempt, objection!, cancellationToken);
        return catalogs.Directory.Find(account) is { } person
            ? new LinkSide(ActorOf(person, account), account, "")
            : new LinkSide(null, account, Cut.To(Clean.Line(activity.From.Name ?? ""), 80));
    }

    /// <summary>An activity of a tenant that is not accepted: refused at the door, and an event.</summary>
    public Task ForeignAsync(TeamsActivity activity, CancellationToken cancellationToken) => StrangerAsync(activity, "chat.activity", Refused.ForeignWorkspace(), cancellationToken);

    /// <summary>The accounts of a person in accepted tenants; the first is written to.</summary>
    public IReadOnlyList<Identity> AccountsOf(string email) => [.. catalogs.Directory.IdentitiesOf(email).Where(i => i.Surface == SurfaceName && options.Accepts(i.Tenant))];

    private static Actor ActorOf(Person person, Identity account) => new(person, Surface.Teams, $"{SurfaceName}:{account.Tenant}/{account.Id}");

    /// <returns>The account, and why it may not; without an account always why.</returns>
    private async Task<(Identity? Account, Refusal? Objection)> AccountAsync(TeamsActivity activity, Assurance assurance, CancellationToken cancellationToken)
    {
        if (!activity.From.Id.StartsWith("29:", StringComparison.Ordinal))
            return (null, Refused.AccountMayNot("a bot"));
        var claimed = activity.From.ObjectId;
        var member = await MemberAsync(activity, claimed is null && assurance == Assurance.Known ? Assurance.Asked : assurance, cancellationToken);
        if ((claimed ?? member?.ObjectId) is not { } objectId)
            return (null, member is null ? Refused.AccountUnchecked() : Refused.AccountMayNot("not one that Teams vouches for"));
        var account = new Identity(SurfaceName, activity.TenantId, objectId.ToString());
        if (member is null)
            return (account, assurance == Assurance.Certain ? Refused.AccountUnchecked() : null);
        return (account, Objection(member, objectId));
    }

    private Refusal? Objection(Member member, Guid objectId)
    {
        if (member.IsGone || (member.Tenant is not null && !options.Accepts(member.Tenant)) || (member.ObjectId is { } said && said != objectId))
            return Refused.ForeignWorkspace();
        return member.Role?.ToLowerInvariant() switch
        {
            null or "" or "user" or "owner" or "admin" => null,
            "bot" => Refused.AccountMayNot("a bot"),
            "guest" or "anonymous" or "federated" => Refused.AccountMayNot("a guest's"),
            _ => Refused.AccountMayNot("of a kind that is not known"),
        };
    }

    /// <summary>What Teams says of the account, now or within the last minute; null: nothing.</summary>
    private async Task<Member?> MemberAsync(TeamsActivity activity, Assurance assurance, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var key = $"{activity.TenantId} {activity.From.Id}";
        if (_checked.TryGetValue(key, out var known) && now - known.At < Fresh)
            return known.Member;
        if (assurance == Assurance.Known || await AskAsync(activity, cancellationToken) is not { } member)
            return null;
        if (_checked.Count >= MostKept)
            _checked.Clear();
        _checked[key] = (now, member);
        return member;
    }

    /// <summary>Null when Teams does not say in time.</summary>
    private async Task<Member?> AskAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var place = new TeamsPlace(activity.TenantId, new Uri(activity.ServiceUrl), TeamsPlace.WithoutThread(activity.Conversation.Id));
        try
        {
            return await calls.MemberAsync(place, activity.From.Id, Urgency.Answer, either.Token) switch
            {
                TeamsReply.Ok ok => Member.Of(ok.Body),
                TeamsReply.Refused { Status: 404 } => new Member(null, null, null, IsGone: true),
                _ => null,
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>A no to somebody who is nobody here: the event names the account.</summary>
    private async Task<Refusal> StrangerAsync(TeamsActivity activity, string attempt, Refusal refusal, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var account = Cut.To(Clean.Line($"{SurfaceName}:{activity.TenantId}/{activity.From.ObjectId?.ToString() ?? activity.From.Id}"), 120);
        var data = new JsonObject { ["attempt"] = attempt, ["code"] = refusal.Code, ["text"] = refusal.Text, ["account"] = account };
        var refused = AuditEvent.BySystem("refusal", Ids.New(now), 1, "refused", now, null, data) with { Surface = Surface.Teams.ToText() };
        await database.WriteAsync(session => events.AppendAsync(session, refused, cancellationToken), cancellationToken);
        return refusal;
    }

    /// <summary>What <c>members/{id}</c> says; both spellings of the object id are seen.</summary>
    private sealed record Member(Guid? ObjectId, string? Tenant, string? Role, bool IsGone)
    {
        public static Member Of(JsonObject body) => new(
            Guid.TryParse(body.Text("aadObjectId") ?? body.Text("objectId"), out var id) ? id : null, body.Text("tenantId"), body.Text("userRole"), IsGone: false);
    }
}
