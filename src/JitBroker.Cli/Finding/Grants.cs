using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Finding;

/// <summary>Finds grants: one's own, or any that one may read.</summary>
internal static class Grants
{
    internal static Task<string> MineAsync(Invocation run, BrokerClient broker, string text) =>
        new Finder("grant of yours", $"jit mine shows what you have; jit request {(text.Contains(':', StringComparison.Ordinal) ? text : "ENTITLEMENT")} asks").FindAsync(text, Live(run, broker, new GrantQuery { Mine = true }));

    internal static Task<string> AnyAsync(Invocation run, BrokerClient broker, string text) =>
        new Finder("grant", "give the grant's id, as its card and jit mine show it").FindAsync(text, Live(run, broker, new GrantQuery()));

    internal static Task<string> EmergencyAsync(Invocation run, BrokerClient broker, string text) =>
        new Finder("emergency access", "jit emergencies shows them").FindAsync(text, From(run, broker, new GrantQuery { BreakGlass = true }));

    /// <summary>The only active one of the caller's; a refusal when there is none, a usage fault that lists them when there are several.</summary>
    internal static async Task<string> OnlyActiveAsync(Invocation run, BrokerClient broker)
    {
        var active = await Pages.AllAsync(cursor => broker.ListGrantsAsync(new GrantQuery { Mine = true, State = GrantState.Active, Cursor = cursor, Limit = Pages.Size }, run.Cancel));
        return active.Count switch
        {
            1 => active[0].Id,
            0 => throw new RefusedHereException(Codes.NotFound, "You hold no active grant.", "jit mine shows what you have"),
            _ => throw new UsageFaultException($"You hold {active.Count} active grants: {string.Join(", ", active.Select(grant => grant.Entitlement))}.", "jit done GRANT"),
        };
    }

    private static Source[] Live(Invocation run, BrokerClient broker, GrantQuery query) =>
    [
        From(run, broker, query with { State = GrantState.Active }),
        From(run, broker, query with { State = GrantState.Scheduled }),
        // An ending grant never stands in the way of naming the live one.
        From(run, broker, query with { State = GrantState.Ending }),
        From(run, broker, query) with { ByEntitlement = false },
    ];

    private static Source From(Invocation run, BrokerClient broker, GrantQuery query) => new(true, async () =>
        (await Pages.AllAsync(cursor => broker.ListGrantsAsync(query with { Cursor = cursor, Limit = Pages.Size }, run.Cancel)))
        .Select(grant => new Candidate(grant.Id, grant.Entitlement, $"{grant.Entitlement}, {grant.Holder.Name}")));
}
