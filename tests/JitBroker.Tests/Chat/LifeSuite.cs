using System.Collections.Frozen;
using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Reconciling;
using JitBroker.Storage;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Chat;

/// <summary>What one does with a request and with access: withdraw, use, end, look.</summary>
public abstract class LifeSuite(Wiring wiring) : ChatSuite(wiring)
{
    [Fact]
    public async Task A_request_is_withdrawn_by_its_button_and_every_copy_says_so()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        await bench.PressAsync("ana", await bench.UntilButtonAsync("ana", "cancel"), "cancel");
        Assert.False((await bench.UntilCardAsync("Withdrawn by Ana")).Has("approve"));
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("cancel logs:read")]
    [InlineData("cancel PREFIX")]
    [InlineData("cancel ID")]
    public async Task A_request_is_withdrawn_by_any_name_it_has(string typed)
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        await bench.SayAsync("ana", typed.Replace("PREFIX", id[..20].ToLowerInvariant(), StringComparison.Ordinal).Replace("ID", id, StringComparison.Ordinal));
        await bench.UntilToldAsync("ana", "Withdrawn");
        Assert.Equal("cancelled", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task Nobody_withdraws_what_somebody_else_asked_for()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        var id = (await bench.QueryAsync<string>("select id from requests"))[0];
        await bench.SayAsync("cy", "cancel " + id);
        await bench.UntilToldAsync("cy", "There is no request");
        Assert.Equal("pending", Assert.Single(await bench.QueryAsync<string>("select state from requests")));
    }

    [Fact]
    public async Task Access_is_used_and_ended_by_done_and_its_end_is_verified_on_the_card()
    {
        await using var bench = await StartAsync();
        var grant = await bench.GrantedAsync();
        await bench.CollectAsync("ana", await bench.UntilButtonAsync("ana", "collect"), grant);
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value);
        await bench.UntilCardAsync("In use until");

        await bench.PressAsync("ana", await bench.UntilButtonAsync("ana", "done"), "done");
        await bench.UntilAsync(async () => (await bench.QueryAsync<string>("select state from grants"))[0] == "ending");
        await RevokeAsync(bench);
        await bench.UntilCardAsync("by Ana (done), verified");
        await bench.UntilCardAsync("Collected once", "ana", Place.Direct);
        await bench.UntilButtonAsync("ana", "request_again");
        Assert.Empty(bench.Issuer.Standing);
    }

    [Fact]
    public async Task Ask_again_opens_the_form_filled_like_the_last_time()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync();
        await bench.SayAsync("ana", "cancel");
        await bench.PressAsync("ana", await bench.UntilButtonAsync("ana", "request_again"), "request_again");
        Assert.Equal("INC-42 slow checkout", (await bench.UntilFormAsync("ana", "data-owners"))["reason"]);
    }

    [Fact]
    public async Task An_owner_revokes_with_a_reason_and_not_without()
    {
        await using var bench = await StartAsync();
        await bench.GrantedAsync();
        await bench.SayAsync("dan", "revoke logs:read");
        await bench.UntilToldAsync("dan", "Say why you revoke it");
        await bench.SayAsync("dan", "revoke logs:read wrong database");
        Assert.Contains("Reason: wrong database", (await bench.UntilCardAsync("by Dan")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Done_alone_ends_the_only_one_and_otherwise_says_what_there_is()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "done");
        await bench.UntilToldAsync("ana", "You hold no access now.");
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        await bench.SayAsync("ana", "done");
        await bench.UntilToldAsync("ana", "Ended Logs, verified");
    }

    [Fact]
    public async Task Who_typed_done_is_told_the_verified_end()
    {
        await using var bench = await StartAsync();
        await bench.AskAsync(entitlement: TestCatalog.Auto);
        var grant = (await bench.QueryAsync<string>("select id from grants"))[0];
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value);

        await bench.SayAsync("ana", "done");
        await bench.UntilToldAsync("ana", "Ending Logs now");
        await RevokeAsync(bench);
        await bench.UntilAsync(async () =>
        {
            bench.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await bench.ToldAsync("ana")).Any(t => t.Text.Contains("Ended Logs, verified", StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Mine_and_pending_list_what_there_is_and_its_buttons_work()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("bea", "pending");
        await bench.UntilToldAsync("bea", "Nothing waits for you");
        await bench.AskAsync();
        await bench.SayAsync("ana", "mine");
        await bench.UntilAsync(async () => (await bench.ToldAsync("ana")).Any(t => t.Text.Contains("Waiting for a decision", StringComparison.Ordinal) || t.Text.Contains("My requests (1)", StringComparison.Ordinal)));
        await bench.SayAsync("bea", "pending");
        await bench.PressAsync("bea", await bench.UntilToldAsync("bea", "Waiting for you"), "approve");
        await bench.UntilToldAsync("bea", "Approved. Its asker has been told.");
        await bench.UntilCardAsync("ready for Ana");
    }

    [Fact]
    public async Task Whoami_says_who_and_what_one_may_ask_for()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("dan", "whoami");
        Assert.Contains("roles: admin", (await bench.UntilToldAsync("dan", "You are Dan, dan@example.com")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_unknown_is_told_which_ids_to_add_and_whom_to_ask()
    {
        await using var bench = await StartAsync(people: ["zoe"]);
        await bench.SayAsync("zoe", "request logs:read 1h INC-1");
        await bench.UntilToldAsync("zoe", $"Ask Dan to add \"{bench.CatalogLineOf("zoe")}\"");
        Assert.Contains(bench.AccountOf("zoe"), Assert.Single(await bench.QueryAsync<string>("select data from events where type = 'refused'")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_unknown_words_say_what_one_can_type()
    {
        await using var bench = await StartAsync();
        await bench.SayAsync("ana", "help");
        await bench.UntilToldAsync("ana", "request [ENTITLEMENT]");
        await bench.SayAsync("ana", "requets <!channel> *x*");
        await bench.UntilToldAsync("ana", "Did you mean");
    }

    [Fact]
    public async Task The_end_is_announced_and_an_end_that_is_stuck_is_told_to_operations()
    {
        await using var bench = await StartAsync();
        var grant = await bench.GrantedAsync();
        Assert.NotNull((await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value);
        bench.Clock.Advance(TimeSpan.FromMinutes(54));
        await bench.UntilCardAsync("ends in 6 min", "ana", Place.Direct);

        bench.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("logs <!channel> does not answer"));
        bench.Clock.Advance(TimeSpan.FromMinutes(7));
        await bench.Get<EndDueGrants>().RunAsync(CancellationToken.None);
        await RevokeAsync(bench);
        await bench.UntilCardAsync("ENDING SINCE");
        await bench.UntilCardAsync("logs <!channel> does not answer", "dan", Place.Operations);

        bench.Issuer.BeforeEnd = static (_, _) => Task.FromResult<EndOutcome?>(null);
        bench.Clock.Advance(TimeSpan.FromMinutes(2));
        await RevokeAsync(bench);
        await bench.UntilCardAsync("(expired), verified");
    }

    [Fact]
    public async Task An_end_that_an_operator_gave_up_on_is_told_to_operations_and_shown_as_not_verified()
    {
        await using var bench = await StartAsync();
        var catalogs = bench.Get<CatalogHolder>();
        catalogs.Replace(catalogs.Current with { Roles = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["operator"] = ["platform"] }.ToFrozenDictionary(StringComparer.Ordinal) });
        var grant = await bench.GrantedAsync();
        var lease = (await bench.Get<MintLease>().HandleAsync(TestBroker.As("ana"), grant, CancellationToken.None)).Value!.Lease.Id;
        bench.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("logs does not answer"));
        await bench.Get<EndGrant>().HandleAsync(TestBroker.As("ana"), grant, null, null, CancellationToken.None);
        await RevokeAsync(bench);

        Assert.NotNull((await bench.Get<AbandonLease>().HandleAsync(TestBroker.As("dan"), lease, "scrapped <!channel>", null, CancellationToken.None)).Value);

        await bench.UntilCardAsync("ABANDONED, NOT VERIFIED by Dan", "dan", Place.Operations);
        await bench.UntilCardAsync("given up by an operator, NOT VERIFIED");
    }

    [Fact]
    public async Task Operations_are_told_of_a_catalog_that_waits_and_of_one_that_is_broken()
    {
        await using var bench = await StartAsync();
        foreach (var notice in new[] { CatalogNotice.Held(new string('a', 64), ["It would drop 3 people of 5: Ana, Bea, Cy."]), CatalogNotice.Broken(2, ["catalog.yaml:3:7 risk: this is no risk."]) })
            await bench.Get<Database>().WriteAsync(
                s => bench.Get<Announcer>().TellOperationsAsync(s, Templates.CatalogNotice, "x", bench.Clock.GetUtcNow(), notice.ToJson(), CancellationToken.None), CancellationToken.None);

        await bench.UntilAsync(async () => (await bench.SeesAsync("dan", Place.Operations)).Count == 2);
        var said = string.Join('\n', (await bench.SeesAsync("dan", Place.Operations)).Select(m => m.Text));
        foreach (var words in new[] { "It would drop 3 people of 5", "jit catalog accept aaaaaaaaaaaa", "The catalog file is broken", "this is no risk" })
            Assert.Contains(words, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Operations_are_told_of_a_target_that_does_not_answer_and_of_what_was_found_at_one()
    {
        await using var bench = await StartAsync();
        var now = bench.Clock.GetUtcNow();
        var paused = new TargetNotice("orders-pg", TargetNotice.Paused, "No route to <!channel>.", now);
        var looked = new ReconciliationNotice("orders-pg", ["jit_x stands, although its lease was revoked."], 31, 0, 31, 20);
        await bench.Get<Database>().WriteAsync(
            async s =>
            {
                await bench.Get<Announcer>().TellOperationsAsync(s, Templates.TargetNotice, "orders-pg", now, paused.ToJson(), CancellationToken.None);
                await bench.Get<Announcer>().TellOperationsAsync(s, Templates.ReconciliationNotice, "orders-pg", now, looked.ToJson(), CancellationToken.None);
                await bench.Get<Announcer>().TellOperationsAsync(s, Templates.ReconciliationNotice, "orders-pg", now, new JsonObject { ["of"] = "another build" }, CancellationToken.None);
            },
            CancellationToken.None);

        await bench.UntilAsync(async () => (await bench.SeesAsync("dan", Place.Operations)).Count == 2);
        var said = string.Join('\n', (await bench.SeesAsync("dan", Place.Operations)).Select(m => m.Text));
        foreach (var words in new[] { "orders-pg does not answer", "No route to <!channel>.", "STANDS AGAIN", "jit reconcile orders-pg --budget 31", "jit_x stands" })
            Assert.Contains(words, said, StringComparison.Ordinal);
    }

    private static async Task RevokeAsync(ChatBench bench)
    {
        await bench.Get<RevokeDueLeases>().RunAsync(CancellationToken.None);
        await bench.Get<RevokeDueLeases>().IdleAsync(CancellationToken.None);
    }
}
