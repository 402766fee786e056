using System.Collections.Frozen;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Storage;

namespace JitBroker.Tests.Loop;

/// <summary>A broker whose one target, the door, can be made to misbehave; what it remembers of the door, and what operations were told.</summary>
internal static class LaneBench
{
    /// <summary>As the logs, at another target.</summary>
    public const string Window = "window:read";

    private static readonly ChatSurfaces Chat = new([new ChatSurface(Surface.Slack, "C0ACCESS", "C0OPS")]);

    public static EndOutcome? Away => new EndOutcome.Failed("No route to door.", Obstacle.Away);

    public static CatalogSnapshot Of(int concurrency = 8)
    {
        var catalog = TestCatalog.Of(e => e with { LeaseLimit = 20, MaxExtensions = 5 });
        var roles = new Dictionary<string, IReadOnlyList<string>>(catalog.Roles, StringComparer.Ordinal) { ["operator"] = ["platform"] };
        var issuers = catalog.Issuers.Values.Select(i => i with { Concurrency = concurrency });
        return catalog with
        {
            Roles = roles.ToFrozenDictionary(StringComparer.Ordinal),
            Issuers = issuers.ToFrozenDictionary(i => i.Name, StringComparer.Ordinal),
        };
    }

    /// <summary>A second target, with <see cref="Window"/>.</summary>
    public static void AddWindow(TestBroker broker)
    {
        var catalog = broker.Catalog;
        broker.Catalog = catalog with
        {
            Issuers = catalog.Issuers.Values.Append(new("window", "http", "{}")).ToFrozenDictionary(i => i.Name, StringComparer.Ordinal),
            Entitlements = catalog.Entitlements.Values.Append(catalog.Entitlements[TestCatalog.Logs] with { Name = Window, Issuer = "window" }).ToFrozenDictionary(e => e.Name, StringComparer.Ordinal),
        };
    }

    public static Task<TestBroker> NewAsync(Engine engine, ScriptedIssuer? issuer = null, int concurrency = 8) => TestBroker.NewAsync(engine, Of(concurrency), Chat, issuer: issuer);

    /// <summary>A grant with so many live leases.</summary>
    public static async Task<Grant> UsedAsync(TestBroker broker, string who, int leases)
    {
        var grant = await broker.GrantAsync(who);
        for (var i = 0; i < leases; i++)
            Assert.NotNull((await broker.CollectAsync(who, grant.Id)).Value);
        return grant;
    }

    /// <summary>Its three leases are to be ended, and the door does not answer.</summary>
    public static async Task PauseAsync(TestBroker broker, Grant grant)
    {
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult(Away);
        await broker.EndAsync(grant.Holder.Split('@')[0], grant.Id);
        await broker.SweepAsync();
        Assert.Equal(3, broker.Issuer.Ends);
    }

    public static Task<IReadOnlyList<string>> LaneEventsAsync(TestBroker broker) => broker.Database.ReadAsync(
        s => s.QueryAsync<string>("select type from events where aggregate_id = 'lane:door' order by version", null, CancellationToken.None), CancellationToken.None);

    public static async Task<IReadOnlyList<string>> ToldAsync(TestBroker broker) => await broker.Database.ReadAsync(
        s => s.QueryAsync<string>("select template from deliveries where recipient = 'channel:C0OPS' order by template, id", null, CancellationToken.None), CancellationToken.None);
}
