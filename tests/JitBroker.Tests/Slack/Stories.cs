using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Slack;

/// <summary>Requests in every state a card can show, made without a database; any text in them can be hostile.</summary>
internal static class Stories
{
    public const string Id = "01JDA0000000000000000REQ01";
    public const string GrantId = "01JDA0000000000000000GRT01";
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <param name="text">Stands wherever a person, a catalog or a target may have a say.</param>
    public static RequestStory Of(string state, string? text = null, string grantState = "", Risk risk = Risk.Low, string[]? approvers = null, string? end = null, bool isStuck = false, int collections = 0, int? lessSeconds = null)
    {
        var directory = PeopleDirectory.Of(Catalog(text, risk));
        var entitlement = directory.Catalog.Entitlements[TestCatalog.Two];
        var request = Request(directory, entitlement, state, text);
        var votes = (approvers ?? []).Select((a, i) => i == 0 ? Vote(a, i) with { DurationS = lessSeconds } : Vote(a, i)).ToList();
        var grant = grantState.Length == 0 ? null : Grant(request, grantState, end, text);
        if (lessSeconds is { } less && grant is not null)
            grant = grant with { EndsAt = grant.StartsAt.AddSeconds(less) };
        IReadOnlyList<Lease> leases = isStuck ? [Stuck(text)] : [];
        var history = Enumerable.Range(0, collections).Select(i => AuditEvent.BySystem("lease", "L" + i, 1, "lease.active", Now, Id));
        return new RequestStory(
            new RequestDetails(new Bench(directory, request, votes), [.. history], grant, leases), entitlement.Title, text ?? "the token expires within 15 min", IsFirstTime: true, CollectPage: grant is null ? null : new ChatLinks(new Uri("https://jit.example")).Collect(GrantId), Revision: 1, Now);
    }

    public static Lease Stuck(string? text = null) => new()
    {
        Id = "01JDA0000000000000000LEA01", GrantId = GrantId, State = "revoking", Version = 3, Holder = "ana@example.com", Target = text ?? "orders-pg", Handle = "{}",
        CreatedAt = Now, MintDeadline = Now, ExpiresAt = Now, Verified = true, Attempts = 7, LastError = text ?? "orders-pg does not answer", StuckSince = Now, NextAttemptAt = Now.AddMinutes(8),
    };

    public static CatalogSnapshot Catalog(string? text, Risk risk = Risk.Low)
    {
        var catalog = TestCatalog.Of(e => e with
        {
            Title = text ?? "Orders database, read only", Risk = risk, Reason = new ReasonRule(true, null, text ?? "Name a ticket, e.g. INC-42"),
        });
        if (text is null)
            return catalog;
        var people = catalog.People.ToDictionary(p => p.Key, p => p.Value with { Person = p.Value.Person with { Name = text } }, StringComparer.Ordinal);
        return catalog with { People = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(people, StringComparer.Ordinal) };
    }

    private static Request Request(PeopleDirectory directory, Entitlement entitlement, string state, string? text)
    {
        var content = RequestContent.Pin(directory.Catalog, entitlement, entitlement.Approval, "ana@example.com", TimeSpan.FromHours(1)).ToText();
        return new Request
        {
            Id = Id, Kind = "access", State = state, Version = 1, Entitlement = entitlement.Name, Requester = "ana@example.com", DurationS = 3600,
            Reason = text ?? "INC-42 slow checkout", CreatedAt = Now.AddMinutes(-5), LapsesAt = Now.AddHours(4), SettledAt = state == "pending" ? null : Now,
            SettledBy = state switch { "denied" => "dan@example.com", "cancelled" => "ana@example.com", "approved" => "bea@example.com", _ => null },
            SettledBecause = state switch { "denied" => text ?? "use the replica", "lapsed" => "nobody_decided", _ => null },
            Surface = "slack", Content = content, ContentHash = RequestContent.Hash(content), CatalogHash = "test",
        };
    }

    private static Decision Vote(string name, int nth) => new()
    {
        Id = "01JDA0000000000000000DEC0" + nth, RequestId = Id, Person = name + "@example.com", Verdict = "approve", At = Now.AddMinutes(nth), Surface = "slack", Counted = true,
    };

    private static Grant Grant(Request request, string state, string? end, string? text) => new()
    {
        Id = GrantId, RequestId = Id, State = state, Version = 1, Entitlement = request.Entitlement, Holder = request.Requester,
        StartsAt = state == "scheduled" ? Now.AddHours(2) : Now, EndsAt = Now.AddHours(state == "scheduled" ? 3 : 1), EndKind = end,
        EndedBy = end switch { "released" => "ana@example.com", "revoked" => "dan@example.com", _ => null }, EndReason = end == "revoked" ? text ?? "wrong database" : null,
        EndRequestedAt = end is null ? null : Now.AddMinutes(40), VerifiedEndAt = state == "ended" ? Now.AddMinutes(40).AddSeconds(2) : null,
        Content = request.Content, ContentHash = request.ContentHash, CreatedAt = Now,
    };

    /// <summary>More time on an access that is in use.</summary>
    public static RequestStory Extension(string state, string? text = null, string[]? approvers = null)
    {
        var story = Of(state, text, "active", approvers: approvers);
        var request = story.Request with { Kind = "extension", ExtendsGrant = GrantId, DurationS = 1800 };
        return story with { Details = story.Details with { Bench = new Bench(story.Bench.Directory, request, story.Bench.Decisions) } };
    }

    /// <summary>An access taken as an emergency, and how its review stands.</summary>
    /// <param name="review"><c>due</c>, <c>overdue</c>, or a verdict.</param>
    public static RequestStory Emergency(string grantState, string review, string? text = null, bool isLifted = false)
    {
        var story = Of("approved", text, grantState, end: grantState == "ended" ? "expired" : null);
        var content = (story.Bench.Content with { ReviewGroup = "security" }).ToText();
        var request = story.Request with { Kind = "break_glass", SettledBy = null, SettledBecause = "break_glass", Content = content, ContentHash = RequestContent.Hash(content), Reason = text ?? "INC-77: checkout down" };
        var verdict = review is "due" or "overdue" ? null : review;
        return story with
        {
            Details = story.Details with
            {
                Bench = new Bench(story.Bench.Directory, request, []),
                Grant = story.Grant! with { BreakGlass = true },
                Review = new Review
                {
                    Id = "01JDA0000000000000000REV01", GrantId = GrantId, State = verdict is null ? review : "done", Version = 2, Invoker = "ana@example.com", Entitlement = request.Entitlement, Incident = text ?? "INC-77",
                    OnCallIn = text ?? "oncall", ReviewGroup = text ?? "security", CreatedAt = Now, DueAt = review == "overdue" ? Now.AddMinutes(-5) : Now.AddHours(24), NextReminderAt = Now, Reminders = 1, Verdict = verdict,
                    Reviewer = verdict is null ? null : "eli@example.com", Comment = verdict is null ? null : text ?? "read the log: two queries", ReviewedAt = verdict is null ? null : Now,
                    LiftedBy = isLifted ? "dan@example.com" : null, LiftedAt = isLifted ? Now.AddMinutes(1) : null, LiftReason = isLifted ? text ?? "we talked about it" : null,
                },
            },
        };
    }

    /// <summary>Every state, by a name that can be a file's.</summary>
    public static IReadOnlyList<(string Name, RequestStory Story)> All(string? text = null) =>
    [
        ("pending", Of("pending", text)),
        ("pending-high-risk", Of("pending", text, risk: Risk.High)),
        ("pending-one-of-two", Of("pending", text, approvers: ["bea"])),
        ("pending-void-vote", Of("pending", text, approvers: ["cy"])),
        ("denied", Of("denied", text)),
        ("cancelled", Of("cancelled", text)),
        ("lapsed", Of("lapsed", text)),
        ("scheduled", Of("approved", text, "scheduled", approvers: ["bea", "dan"])),
        ("ready", Of("approved", text, "active", approvers: ["bea", "dan"])),
        ("ready-for-less", Of("approved", text, "active", approvers: ["bea"], lessSeconds: 1800)),
        ("ready-for-less-of-two", Of("approved", text, "active", approvers: ["bea", "dan"], lessSeconds: 1800)),
        ("pending-one-for-less", Of("pending", text, approvers: ["bea"], lessSeconds: 1800)),
        ("ready-by-rule", Of("approved", text, "active")),
        ("in-use", Of("approved", text, "active", approvers: ["bea", "dan"], collections: 2)),
        ("ending", Of("approved", text, "ending", approvers: ["bea"], end: "expired")),
        ("ending-stuck", Of("approved", text, "ending", approvers: ["bea"], end: "expired", isStuck: true)),
        ("ended-expired", Of("approved", text, "ended", approvers: ["bea"], end: "expired", collections: 1)),
        ("ended-done", Of("approved", text, "ended", approvers: ["bea"], end: "released")),
        ("ended-revoked", Of("approved", text, "ended", approvers: ["bea"], end: "revoked")),
    ];
}
