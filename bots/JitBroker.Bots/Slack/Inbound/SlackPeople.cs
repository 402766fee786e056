using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.Policy;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Who is behind a delivery. Accounts are (workspace, user), named by the catalog or linked; nothing in chat makes a person. An account that is a bot, a guest, deactivated or
/// of another organisation is refused, whoever it is said to be (chat-wire A13). Each no is an event.
/// </summary>
internal sealed partial class SlackPeople(
    SlackWorkspaces workspaces, SlackCalls calls, SlackOptions options, LinkByProfile byProfile, CatalogHolder catalogs, Refusals refusals, Database database, EventStore events, TimeProvider clock,
    ILogger<SlackPeople> log)
{
    private const int MostKept = 20_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (DateTimeOffset At, Refusal? Objection)> _checked = new(StringComparer.Ordinal);

    /// <summary>How accounts call themselves: shown to people, believed by nobody.</summary>
    private readonly ConcurrentDictionary<string, string> _labels = new(StringComparer.Ordinal);

    /// <param name="attempt">What they are about to do, for the event of a refusal.</param>
    public async Task<Outcome<Actor>> ResolveAsync(SlackDelivery delivery, string attempt, Assurance assurance, CancellationToken cancellationToken)
    {
        var directory = catalogs.Directory;
        if (!await workspaces.AreKnownAsync(cancellationToken))
            return await StrangerAsync(delivery, attempt, Refused.WorkspaceUnknown(), cancellationToken);
        if (delivery.UserId is not { Length: > 0 and < 64 } user || !IsOurs(delivery))
            return await StrangerAsync(delivery, attempt, Refused.ForeignWorkspace(), cancellationToken);
        if ((Find(directory, delivery, user) ?? await LinkAsync(delivery, user, cancellationToken)) is not { } found)
            return await StrangerAsync(delivery, attempt, Refused.Unknown(directory, "slack", $"{AccountOf(delivery, user).Tenant}/{user}"), cancellationToken);
        var actor = new Actor(found.Person, Surface.Slack, $"slack:{found.Identity.Tenant}/{found.Identity.Id}");
        return await ObjectionAsync(user, assurance, cancellationToken) is { } objection
            ? await refusals.RecordAsync(actor, attempt, null, null, objection, cancellationToken)
            : actor;
    }

    /// <summary>
    /// The account behind a delivery and whose it is, for linking: it may be nobody's yet, but Slack must have said within the last minute that it is no bot's, no guest's, not
    /// deactivated and of an accepted workspace.
    /// </summary>
    public async Task<Outcome<LinkSide>> SideAsync(SlackDelivery delivery, string attempt, CancellationToken cancellationToken)
    {
        if (!await workspaces.AreKnownAsync(cancellationToken))
            return await StrangerAsync(delivery, attempt, Refused.WorkspaceUnknown(), cancellationToken);
        if (delivery.UserId is not { Length: > 0 and < 64 } user || !IsOurs(delivery))
            return await StrangerAsync(delivery, attempt, Refused.ForeignWorkspace(), cancellationToken);
        if (await ObjectionAsync(user, Assurance.Certain, cancellationToken) is { } objection)
            return await StrangerAsync(delivery, attempt, objection, cancellationToken);
        if (Find(catalogs.Directory, delivery, user) is { } found)
            return new LinkSide(new Actor(found.Person, Surface.Slack, $"slack:{found.Identity.Tenant}/{found.Identity.Id}"), found.Identity, "");
        return new LinkSide(null, AccountOf(delivery, user), _labels.GetValueOrDefault(user, ""));
    }

    /// <summary>The account to write to, in one of the workspaces that are accepted; null when the person has none.</summary>
    public string? AccountOf(string email) =>
        catalogs.Directory.IdentitiesOf(email).FirstOrDefault(i => i.Surface == "slack" && workspaces.Accepts(i.Tenant))?.Id;

    /// <summary>Whether the catalog still gives this account, of an accepted workspace, to that person.</summary>
    public bool IsAccountOf(string user, string email) =>
        catalogs.Directory.IdentitiesOf(email).Any(i => i.Surface == "slack" && i.Id == user && IsAccepted(i.Tenant));

    /// <summary>By which workspace an account that is nobody's yet would be known: the person's own, if it is accepted.</summary>
    private Identity AccountOf(SlackDelivery delivery, string user) =>
        new("slack", Tenants(delivery).FirstOrDefault(IsAccepted) ?? delivery.UserTeamId ?? delivery.TeamId ?? delivery.EnterpriseId!, user);

    /// <summary>An account that is nobody's, where profiles are believed (<c>Slack:LinkByProfileEmail</c>); null when it stays nobody's.</summary>
    private async Task<(Person Person, Identity Identity)?> LinkAsync(SlackDelivery delivery, string user, CancellationToken cancellationToken)
    {
        var account = AccountOf(delivery, user);
        if (!options.LinkByProfileEmail || !IsAccepted(account.Tenant) || await AskAsync(user, cancellationToken) is not { } told || Objection(told) is not null)
            return null;
        var profile = new ProfileEmail(told.Text("profile", "email"), told.Flag("is_email_confirmed"));
        var (person, because) = await byProfile.HandleAsync(account, profile, options.EmailDomains, cancellationToken);
        if (person is null)
            LogNotLinked(log, account.Tenant, account.Id, because);
        return person is null ? null : (person, account);
    }

    private static IEnumerable<string> Tenants(SlackDelivery delivery) =>
        new[] { delivery.UserTeamId, delivery.TeamId, delivery.EnterpriseId }.OfType<string>().Distinct(StringComparer.Ordinal);

    private (Person Person, Identity Identity)? Find(PeopleDirectory directory, SlackDelivery delivery, string user)
    {
        foreach (var identity in Tenants(delivery).Where(IsAccepted).Select(t => new Identity("slack", t, user)))
        {
            if (directory.Find(identity) is { } person)
                return (person, identity);
        }

        return null;
    }

    /// <summary>
    /// The delivery's workspace must be accepted, and the person's own too. Within an accepted organisation Slack is asked whose the account is
    /// (<see cref="Objection"/>), since its workspaces are not listed one by one.
    /// </summary>
    private bool IsOurs(SlackDelivery delivery)
    {
        var isOrganisation = IsAccepted(delivery.EnterpriseId);
        return (isOrganisation || IsAccepted(delivery.TeamId)) && (isOrganisation || delivery.UserTeamId is null || IsAccepted(delivery.UserTeamId));
    }

    private bool IsAccepted(string? workspace) => workspaces.Accepts(workspace);

    private async Task<Refusal?> ObjectionAsync(string user, Assurance assurance, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_checked.TryGetValue(user, out var known) && now - known.At < Fresh)
            return known.Objection;
        if (assurance == Assurance.Known)
            return null;
        if (await AskAsync(user, cancellationToken) is not { } account)
            return assurance == Assurance.Certain ? Refused.AccountUnchecked() : null;
        var objection = Objection(account);
        if (_checked.Count >= MostKept)
        {
            _checked.Clear();
            _labels.Clear();
        }

        _labels[user] = Cut.To(Clean.Line(account.Text("profile", "real_name") ?? account.Text("real_name") ?? account.Text("name") ?? ""), 80);
        _checked[user] = (now, objection);
        return objection;
    }

    /// <summary>Null when Slack does not say in time.</summary>
    private async Task<JsonObject?> AskAsync(string user, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await calls.PersonAsync(user, either.Token) switch
            {
                SlackReply.Ok ok => ok.Body.At("user"),
                SlackReply.Refused { Error: "user_not_found" or "user_not_visible" } => new JsonObject { ["is_stranger"] = true },
                _ => null,
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private Refusal? Objection(JsonObject account)
    {
        if (account.Flag("deleted"))
            return Refused.AccountMayNot("deactivated");
        if (account.Flag("is_bot") || account.Flag("is_workflow_bot"))
            return Refused.AccountMayNot("a bot");
        if (account.Flag("is_restricted") || account.Flag("is_ultra_restricted"))
            return Refused.AccountMayNot("a guest's");
        var isOurs = IsAccepted(account.Text("team_id")) || IsAccepted(account.Text("enterprise_user", "enterprise_id"));
        return account.Flag("is_stranger") || !isOurs ? Refused.ForeignWorkspace() : null;
    }

    /// <summary>A no to somebody who is nobody here: the event names the account.</summary>
    private async Task<Refusal> StrangerAsync(SlackDelivery delivery, string attempt, Refusal refusal, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var account = Cut.To(Clean.Line($"slack:{delivery.UserTeamId ?? delivery.TeamId ?? "?"}/{delivery.UserId ?? "?"}"), 120);
        var data = new JsonObject { ["attempt"] = attempt, ["code"] = refusal.Code, ["text"] = refusal.Text, ["account"] = account };
        var refused = AuditEvent.BySystem("refusal", Ids.New(now), 1, "refused", now, null, data) with { Surface = Surface.Slack.ToText() };
        await database.WriteAsync(session => events.AppendAsync(session, refused, cancellationToken), cancellationToken);
        return refusal;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Slack account {Tenant}/{User} is not linked by its profile: {Because}")]
    private static partial void LogNotLinked(ILogger log, string tenant, string user, string because);
}
