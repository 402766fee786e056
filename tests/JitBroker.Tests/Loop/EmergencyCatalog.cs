using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Storage;

namespace JitBroker.Tests.Loop;

/// <summary><see cref="TestCatalog"/> with an emergency path to the logs: Cy and Fay are on call, Eli is security and reviews, and Gus with her.</summary>
internal static class EmergencyCatalog
{
    public static CatalogSnapshot Of(Group? oncall = null, params Func<Entitlement, Entitlement>[] changes)
    {
        var path = new BreakGlassRule(["oncall"], TimeSpan.FromMinutes(30), "security", TimeSpan.FromHours(24));
        var catalog = TestCatalog.Of([e => e.Name is TestCatalog.Logs or TestCatalog.Staged ? e with { BreakGlass = path } : e, .. changes]);
        var people = catalog.People.Values.Append(Entry("fay")).Append(Entry("gus")).ToFrozenDictionary(p => p.Person.Email, StringComparer.Ordinal);
        return catalog with
        {
            People = people,
            Identities = people.Values.SelectMany(p => p.Identities.Select(i => (i, p.Person))).ToFrozenDictionary(x => x.i, x => x.Person),
            Groups = catalog.Groups.Values.Where(g => g.Name != "security")
                .Append(oncall ?? new Group("oncall", Set("cy@example.com", "fay@example.com"), null))
                .Append(new Group("security", Set("eli@example.com", "gus@example.com"), null))
                .ToFrozenDictionary(g => g.Name, StringComparer.Ordinal),
        };
    }

    public static Task<TestBroker> BrokerAsync(Engine engine, Func<Entitlement, Entitlement>? change = null, ChatSurfaces? surfaces = null, AskLimits? asking = null) =>
        TestBroker.NewAsync(engine, Of(null, change is null ? [] : [change]), surfaces, asking: asking);

    public static Task<Outcome<Taken>> TakeAsync(
        this TestBroker broker, string who, string entitlement = TestCatalog.Logs, TimeSpan? duration = null, string? incident = "INC-77", string reason = "checkout down", string? escalates = null) =>
        broker.Get<TakeBreakGlass>().HandleAsync(TestBroker.As(who), new EmergencyOrder(entitlement, duration, incident, reason, escalates), null, CancellationToken.None);

    public static Task<Outcome<Reviewed>> ReviewAsync(this TestBroker broker, string who, string grantId, string verdict = Verdicts.Justified, string comment = "looked at it", bool whole = false) =>
        broker.Get<ReviewGrant>().HandleAsync(TestBroker.As(who), new ReviewOrder(grantId, verdict, comment, whole), null, CancellationToken.None);

    public static Task<Outcome<Reviewed>> LiftAsync(this TestBroker broker, string who, string grantId, string? reason = "needed again") =>
        broker.Get<LiftReview>().HandleAsync(TestBroker.As(who), grantId, reason, null, CancellationToken.None);

    private static PersonEntry Entry(string name) =>
        new(new Person(name + "@example.com", char.ToUpperInvariant(name[0]) + name[1..]), [new Identity("slack", "T0EX", "U0" + name.ToUpperInvariant())]);

    private static FrozenSet<string> Set(params string[] emails) => emails.ToFrozenSet(StringComparer.Ordinal);
}
