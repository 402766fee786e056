using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Reconciling;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Slack;

namespace JitBroker.Tests.Chat;

/// <summary>Everything that is ever said in chat, by a name that can be a file's, for every surface to render; any text in it can be hostile.</summary>
internal static class EverySaying
{
    private static readonly string[] Nasty =
    [
        "<!channel>", "<!here|x>", "<@U0BEA>", "<#C0ACCESS>", "<https://evil.example|prod-console>", "https://evil.example", "*Approved by Bea 12:03*", "_x_", "~x~", "`x`", "```x```",
        ":white_check_mark:", "&amp;", "&lt;!channel&gt;", "<!date^1^{time}|x>", "\n\n:white_check_mark: Approved by Bea", "\u202Egnorw\u202C", "\u2066x\u2069", "a\u200Bb", "\0", "\r\n\t", "\u2028",
        "<at>Bea</at>", "[click](https://evil.example)", "# Approved", "- [ ] x", "1. Approved by Bea", "<b>x</b>", "{{DATE(2026-11-22T12:00:00Z,SHORT)}}", "{", "${id}", "\\", "| a | b |", "![x](https://evil.example/x.png)", "<script>alert(1)</script>",
        "\uD83D", "👩‍👩‍👧‍👦", "é̂̂̂̂̂̂̂̂", "", " ", "\"}],", "{{x}}", "🤷", "ﷺ", "&&&&&&&&", "<<<<<<<<", ">>>>>>>>",
    ];

    public static readonly Arbitrary<string> Hostile = (
        from parts in Gen.OneOf(Gen.Elements(Nasty), ArbMap.Default.GeneratorFor<string>().Select(s => s ?? "")).NonEmptyListOf()
        from times in Gen.Elements(1, 1, 1, 3, 400)
        select Long(string.Concat(parts), times)).ToArbitrary();

    /// <param name="account">Of the one person who has an account where it is said.</param>
    public static IEnumerable<(string Name, ChatMessage Message)> Messages(string? text, string account)
    {
        foreach (var (name, story) in Stories.All(text))
        {
            yield return ("approval-" + name, ApprovalCard.Of(story, Recipients.Channel("C0ACCESS")));
            yield return ("asker-" + name, AskerCard.Of(story));
        }

        yield return ("approval-direct", ApprovalCard.Of(Stories.Of("pending", text), Recipients.Person("bea@example.com")));
        yield return ("expiry", Notices.Expiry(Stories.Of("approved", text, "active", approvers: ["bea", "dan"]) with { Now = Stories.Now.AddMinutes(54) })!);
        yield return ("expiry-extend", Notices.Expiry(Stories.Of("approved", text, "active", approvers: ["bea"]) with { ExtensionsLeft = 1, Now = Stories.Now.AddMinutes(54) })!);
        foreach (var (name, story) in new[] { ("extension", Stories.Extension("pending", text)), ("extension-approved", Stories.Extension("approved", text, ["bea"])), ("extension-denied", Stories.Extension("denied", text)) })
        {
            yield return ("approval-" + name, ApprovalCard.Of(story, Recipients.Channel("C0ACCESS")));
            yield return ("asker-" + name, AskerCard.Of(story));
        }

        foreach (var (name, story, data) in Emergencies(text))
        {
            yield return ("emergency-" + name, EmergencyCard.Of(story));
            yield return ("asker-emergency-" + name, AskerCard.Of(story));
            if (ReviewNotice.Of(story, data) is { } notice)
                yield return ("review-" + name, notice);
        }

        foreach (var says in new[] { ThreadNotes.Reminder, ThreadNotes.Escalated, ThreadNotes.NextStep })
            yield return ("waiting-" + says, Waiting.Note(Stories.Of("pending", text), says, e => e == "bea@example.com" ? account : e == "dan@example.com" ? text : null)!);
        yield return ("lapse", Notices.Lapsed(Stories.Of("lapsed", text))!);
        yield return ("stuck", Notices.Stuck(Stories.Of("approved", text, "ending", end: "expired"), Stories.Stuck(text))!);
        var abandoned = AuditEvent.By(TestBroker.As("dan"), "lease", Stories.Stuck().Id, 4, "lease.abandoned", Stories.Now, Stories.Id, new JsonObject { ["reason"] = text ?? "the server was scrapped" });
        var ended = Stories.Of("approved", text, "ended", end: "expired");
        yield return ("abandoned", Notices.Abandoned(ended with { Details = ended.Details with { History = [abandoned] } }, Stories.Stuck(text) with { State = "revoked", Verified = false })!);
        yield return ("signed-in", Notices.SignedIn(Session(text), Stories.Now));
        yield return ("channel-refused", Notices.ChannelRefused(text ?? "C0DATA", text ?? "not_in_channel", 2));
        yield return ("catalog-broken", Notices.Catalog(CatalogNotice.Broken(12, [text ?? "catalog.yaml:3:7 entitlements.logs:read.risk: \"lwo\" is not one of low, medium, high. Did you mean low?", text ?? "catalog.yaml:9:1 grups: is not known. Did you mean groups?"])));
        yield return ("catalog-held", Notices.Catalog(CatalogNotice.Held(new string('a', 64), [text ?? "It would end 6 live grants: logs:read of Ana <ana@example.com> (The entitlement was removed from the catalog)."])));
        foreach (var news in new[] { TargetNotice.Paused, TargetNotice.Resumed, TargetNotice.Denied })
            yield return ("target-" + news, Notices.Target(new TargetNotice(text ?? "orders-pg", news, text ?? "db:5432 cannot be reached while ending role jit_x (ConnectionRefused).", Stories.Now.AddMinutes(-4)), Stories.Now));
        string[] found = [text ?? "jit_01kaj5w4 (login role) stands, although its lease 01KAJ5W4 was revoked and read back gone at 2026-11-22 09:00:00 UTC."];
        yield return ("reconciliation", Notices.Reconciliation(new ReconciliationNotice(text ?? "orders-pg", found, 1, 1, 0, 20)));
        yield return ("reconciliation-foreign", Notices.Reconciliation(new ReconciliationNotice(text ?? "orders-pg", found, 1, 0, 0, 20)));
        yield return ("reconciliation-over-budget", Notices.Reconciliation(new ReconciliationNotice(text ?? "orders-pg", found, 31, 0, 31, 20)));
        yield return ("login", SignInByChat.Question(new SignInPrompt(Stories.Id, false, text ?? "203.0.113.7", text ?? "laptop", SessionScope.Ask, Stories.Now, Stories.Now.AddMinutes(5)), Stories.Now));
        yield return ("login-browser", SignInByChat.Question(new SignInPrompt(Stories.Id, true, text ?? "203.0.113.7", text ?? "Firefox on Linux", SessionScope.Ask, Stories.Now, Stories.Now.AddMinutes(5)), Stories.Now));
        yield return ("login-decide", SignInByChat.Question(new SignInPrompt(Stories.Id, false, text ?? "203.0.113.7", text ?? "laptop", SessionScope.Decide, Stories.Now, Stories.Now.AddMinutes(5)), Stories.Now));
        var link = new Link
        {
            Id = Stories.Id, Version = 2, CodeHash = "", State = Link.Typed, Person = "ana@example.com", Via = "slack:T0EX/U0ANA", Address = text ?? "203.0.113.7", Host = text ?? "laptop",
            Surface = "slack", Tenant = "T0EX", Account = "U0FAY", Label = text ?? "Fay", CreatedAt = Stories.Now, TypedAt = Stories.Now, ExpiresAt = Stories.Now.AddMinutes(5),
        };
        var linked = new LinkedIdentity { Id = Stories.Id, Version = 1, Surface = "slack", Tenant = "T0EX", Account = "U0FAY", Person = "ana@example.com", How = "code", LinkedAt = Stories.Now };
        yield return ("link-code", LinkByChat.Code(new LinkShown(Stories.Id, "BCDF-GHJK", Stories.Now.AddMinutes(5), true), Stories.Now));
        yield return ("link-question", LinkByChat.Question(link, Stories.Now));
        yield return ("linked", LinkByChat.Linked(linked, Stories.Now));
        yield return ("unlinked", LinkByChat.Unlinked(linked with { UnlinkedAt = Stories.Now, UnlinkedBy = text ?? "dan@example.com" }, Stories.Now));
        yield return ("why", Help.Why(new Why("orders-db:read", text ?? "Orders database, read only", true, [new RuleResult("eligible", true, text ?? "You are in engineering, so you may ask for orders-db:read.")])));
        yield return ("why-not", Help.Why(new Why("orders-db:read", text ?? "Orders database, read only", false, [new RuleResult("active", true, "You are in the catalog."), new RuleResult("eligible", false, text ?? "Only members of engineering may ask.")])));
        yield return ("help", Help.All());
        yield return ("unknown-word", Help.For(new ChatCommand.Unknown(text ?? "requets", "request")));
        var directory = PeopleDirectory.Of(Stories.Catalog(text));
        yield return ("whoami", Help.WhoAmI(directory, Ana(text)));
        yield return ("refused-unknown-person", Refused.Of(Refused.Unknown(directory, "slack", text ?? "T0EX/U0ZOE")));
        yield return ("refused", Refused.Of(new Refusal(Codes.OwnRequest, text ?? "You can't decide your own request.")));
        yield return ("broken", Refused.Broken(Stories.Id));
    }

    public static IEnumerable<(string Name, ChatForm Form)> Forms(string? text)
    {
        var option = new FormOption("orders-db:read", text ?? "Orders database, read only (orders-db:read)", text ?? "Low risk");
        var faults = new Dictionary<string, string>(StringComparer.Ordinal) { ["duration"] = text ?? "9 h is too long: orders-db:read is given for at most 8 h." };
        IReadOnlyList<FormOption> durations = [new("PT30M", "30 min"), new("PT1H", "1 h"), new("PT8H", "8 h"), new("PT9H", "9 h (not possible here)")];
        FormOption[] offered = [option, option with { Value = "payments-logs:read", Label = text ?? "Payments logs (payments-logs:read)" }];
        yield return ("request-empty", RequestAccessForm.Of(new RequestForm(null, durations, durations[0], "", text ?? "What do you need it for?", true, null, Tone.Waiting, ChatText.Plain("Choose what you need to see who will be asked."), RequestDraft.Empty.Faults), offered));
        yield return ("request-filled", RequestAccessForm.Of(new RequestForm(
            option, durations, durations[3], text ?? "INC-42 slow checkout", text ?? "Name a ticket, e.g. INC-42", true, Stories.Now.AddHours(1), Tone.Waiting,
            ChatText.Of($"Needs {Say.Strong(text ?? "1 of 3 data-owners (Bea, Dan, Eli)")}."), faults), offered));
        yield return ("approve-less", ApproveLessForm.Of(LessChoices.Of(Stories.Of("pending", text))));
        yield return ("deny", DenyForm.Of(Stories.Of("pending", text)));
        var emergency = new EmergencyDraft("orders-db:read", TimeSpan.FromMinutes(15), text ?? "INC-77", text ?? "checkout down", null);
        yield return ("breakglass", EmergencyAccessForm.Of(new EmergencyForm(ChatText.Of($"{Say.Strong(text ?? "This starts now, without approval.")}"), [option], option, durations, durations[0], emergency)));
        yield return ("breakglass-empty", EmergencyAccessForm.Of(new EmergencyForm(ChatText.Plain(text ?? "This starts now, without approval."), [option], null, durations, null, new EmergencyDraft(null, null, null, "", Stories.Id))));
        yield return ("review", ReviewForm.Of(Stories.Emergency("ended", "due", text), Stories.GrantId));
    }

    private static (string Name, RequestStory Story, string Data)[] Emergencies(string? text) =>
    [
        ("active", Stories.Emergency("active", "due", text), """{"review":"due","lifted":false}"""),
        ("overdue", Stories.Emergency("ended", "overdue", text), """{"review":"overdue","lifted":false}"""),
        ("justified", Stories.Emergency("ended", "justified", text), """{"review":"done","lifted":false}"""),
        ("misuse", Stories.Emergency("ended", "misuse", text), """{"review":"done","lifted":false}"""),
        ("lifted", Stories.Emergency("ended", "misuse", text, isLifted: true), """{"review":"done","lifted":true}"""),
    ];

    /// <summary>An empty one, one with a little of everything, and one with more than there is room for.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<ChatPart> Parts)> Homes(string? text)
    {
        var empty = new HomeContent("bea@example.com", text ?? "Bea", HomeList<RequestStory>.Empty, HomeList<RequestStory>.Empty, HomeList<RequestStory>.Empty, [], Stories.Now);
        yield return ("home-empty", HomePage.Of(empty));
        var waiting = Stories.Of("pending", text, risk: Risk.High);
        RequestStory[] access =
        [
            Stories.Of("approved", text, "active", approvers: ["bea"], collections: 2), Stories.Of("approved", text, "ending", end: "expired", isStuck: true), Stories.Of("approved", text, "scheduled"),
        ];
        var past = new PastAsk(Stories.Of("lapsed", text).Request, text ?? "Orders database, read only");
        var some = empty with { Waiting = List([waiting], 1), Access = List(access, 1), Requests = List([Stories.Of("pending", text, approvers: ["bea"])], 1), Again = [past, past with { Request = Stories.Of("denied", text).Request }] };
        yield return ("home", HomePage.Of(some));
        var full = empty with
        {
            Waiting = List([waiting], ReadHome.WaitingShown), Access = List([access[1]], ReadHome.AccessShown),
            Requests = List([Stories.Of("pending", text, approvers: ["bea"])], ReadHome.RequestsShown), Again = [.. Enumerable.Repeat(past, ReadHome.AgainShown)],
        };
        yield return ("home-emergency", HomePage.Of(empty with { Waiting = List([Stories.Emergency("active", "overdue", text)], 1), Access = List([Stories.Emergency("active", "due", text) with { ExtensionsLeft = 1 }], 1), MayTakeEmergency = true }));
        yield return ("home-full", HomePage.Of(full));
    }

    private static HomeList<RequestStory> List(IReadOnlyList<RequestStory> stories, int times) =>
        new([.. Enumerable.Repeat(stories, times).SelectMany(s => s)], (stories.Count * times) + (times > 1 ? 50 : 0), IsMore: times > 1);

    private static PersonSession Session(string? text) => new()
    {
        Id = Stories.Id, Version = 1, Person = "ana@example.com", Scope = "decide", TokenHash = "h", StartedAt = Stories.Now, EndsAt = Stories.Now.AddMinutes(15),
        Address = text ?? "203.0.113.7", Host = text ?? "laptop",
    };

    private static Actor Ana(string? text) => new(new Person("ana@example.com", text ?? "Ana"), Surface.Slack, "slack:T0EX/U0ANA");

    private static string Long(string text, int times) => text.Length > 5000 ? text : string.Concat(Enumerable.Repeat(text, times));
}
