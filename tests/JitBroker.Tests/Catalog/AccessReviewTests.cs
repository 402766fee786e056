using JitBroker.Bots.Chat;
using JitBroker.Catalog;
using JitBroker.Catalog.AccessReview;
using JitBroker.Outbox;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;
using Surface = JitBroker.People.Surface;

namespace JitBroker.Tests.Catalog;

/// <summary>Who could ask, who did, what was never used; what follows from it for the catalog, and who is told.</summary>
public sealed class AccessReviewTests
{
    private const string Yaml = """
        # the catalog of the shop
        people:
          - { email: ana@example.com, slack: T0EX/U0ANA }
          - { email: bea@example.com, slack: T0EX/U0BEA }
          - { email: dan@example.com }
        groups:
          engineering: { members: [ana@example.com, cy@example.com] }   # who builds
          sre:
            members:
              - fay@example.com
              - gus@example.com
          owners: { members: [bea@example.com, dan@example.com] }
          duty: { schedule: { kind: pagerduty, id: PABC123, token: "${env:PD}" } }
        roles: { admin: [owners] }
        issuers:
          door: { kind: http }
        entitlements:
          # everybody's logs
          logs:read:
            issuer: door
            grants: { resource: logs }
            owner: owners
            eligible: [engineering, sre, duty]
            duration: { default: 30m, max: 4h }
            approval: [ { group: owners } ]

          # a thing of the past
          old:read:
            issuer: door
            grants: { resource: old }
            owner: bea@example.com
            eligible: [sre]
            approval: [ { group: owners } ]
          new:read:
            issuer: door
            grants: { resource: new }
            eligible: [engineering]
            approval: [ { group: owners } ]
        bundles:
          both: [logs:read, new:read, old:read]

        """;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static TheoryData<Engine> Engines => Databases.Engines;

    /// <summary>Ana used the logs long ago and lately, and what is new lately; nobody used what is old; Cy asked and never collected.</summary>
    private static async Task<TestBroker> UsedAsync(Engine engine)
    {
        var broker = await TestBroker.NewAsync(engine, Sample.Snapshot(Yaml), new ChatSurfaces([new ChatSurface(Surface.Slack, "", "")]));
        await broker.Get<AcceptCatalog>().HandleAsync(broker.Catalog, CancellationToken.None);
        await UseAsync(broker, "ana", "logs:read");
        broker.Clock.Advance(100 * Day);
        await UseAsync(broker, "ana", "logs:read");
        await UseAsync(broker, "ana", "new:read");
        await broker.AskAsync("cy", "logs:read");
        return broker;
    }

    private static async Task UseAsync(TestBroker broker, string who, string entitlement)
    {
        var request = await broker.AskAsync(who, entitlement);
        var grant = (await broker.DecideAsync("bea", request.Id)).Value!.Grant!;
        Assert.Null((await broker.CollectAsync(who, grant.Id)).Refusal);
        await broker.EndAsync(who, grant.Id);
    }

    private static Task<AccessReviewed> ReviewAsync(TestBroker broker, int days = 90) => broker.Get<ReviewAccess>().HandleAsync(days * Day, CancellationToken.None);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task It_says_who_could_who_did_and_what_to_keep_and_remove(Engine engine)
    {
        await using var broker = await UsedAsync(engine);

        var review = await ReviewAsync(broker);

        Assert.Equal(["logs:read", "new:read", "old:read"], review.Entitlements.Select(e => e.Entitlement.Name));
        var (logs, old) = (review.Entitlements[0], review.Entitlements[2]);
        Assert.Equal(["ana@example.com", "cy@example.com", "fay@example.com", "gus@example.com"], logs.MayAsk);
        Assert.Equal([("ana@example.com", 2L, 2L, true), ("cy@example.com", 1L, 0L, false)], logs.Uses.Select(u => (u.Person, u.Asks, u.Grants, u.UsedAt is not null)));
        Assert.Equal(["cy@example.com", "fay@example.com", "gus@example.com"], logs.Unused);
        Assert.Equal([(false, "engineering"), (true, "sre"), (false, "duty")], logs.Proposals.Select(p => (p.Remove, p.Name)));
        Assert.Equal((true, "Nobody ever asked for it."), (Assert.Single(old.Proposals).Remove, old.Proposals[0].Because));
        Assert.Equal([("engineering", "cy@example.com")], review.PeopleToRemove);
        Assert.Equal(broker.Clock.GetUtcNow(), logs.LastUsedAt);
    }

    [Fact]
    public async Task What_was_not_looked_at_for_long_enough_is_kept()
    {
        await using var broker = await UsedAsync(Engine.Sqlite);

        var review = await ReviewAsync(broker, 365);

        Assert.All(review.Entitlements.SelectMany(e => e.Proposals), p => Assert.False(p.Remove));
        Assert.Empty(review.PeopleToRemove);
    }

    [Fact]
    public async Task The_patch_removes_just_that_and_leaves_every_remark_where_it_stood()
    {
        await using var broker = await UsedAsync(Engine.Sqlite);
        var patched = CatalogPatch.Of(broker.Catalog, await ReviewAsync(broker), Sample.Options);

        Assert.Empty(patched.ByHand);
        Assert.Equal(
            """
            --- a/catalog.yaml
            +++ b/catalog.yaml
            @@ -4,7 +4,7 @@
               - { email: bea@example.com, slack: T0EX/U0BEA }
               - { email: dan@example.com }
             groups:
            -  engineering: { members: [ana@example.com, cy@example.com] }   # who builds
            +  engineering: { members: [ana@example.com] }   # who builds
               sre:
                 members:
                   - fay@example.com
            @@ -20,21 +20,15 @@
                 issuer: door
                 grants: { resource: logs }
                 owner: owners
            -    eligible: [engineering, sre, duty]
            +    eligible: [engineering, duty]
                 duration: { default: 30m, max: 4h }
                 approval: [ { group: owners } ]
             
               # a thing of the past
            -  old:read:
            -    issuer: door
            -    grants: { resource: old }
            -    owner: bea@example.com
            -    eligible: [sre]
            -    approval: [ { group: owners } ]
               new:read:
                 issuer: door
                 grants: { resource: new }
                 eligible: [engineering]
                 approval: [ { group: owners } ]
             bundles:
            -  both: [logs:read, new:read, old:read]
            +  both: [logs:read, new:read]

            """.ReplaceLineEndings("\n"),
            patched.Diff);
    }

    [Fact]
    public async Task Git_applies_the_patch_and_the_outcome_loads()
    {
        await using var broker = await UsedAsync(Engine.Sqlite);
        var patched = CatalogPatch.Of(broker.Catalog, await ReviewAsync(broker), Sample.Options);
        var folder = Directory.CreateTempSubdirectory("jitbroker-test-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "catalog.yaml"), Yaml, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Combine(folder, "review.patch"), patched.Diff, TestContext.Current.CancellationToken);
            using var git = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("git", ["apply", "review.patch"]) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true })!;
            var error = await git.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await git.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal((0, ""), (git.ExitCode, error));

            var after = Sample.Snapshot(await File.ReadAllTextAsync(Path.Combine(folder, "catalog.yaml"), TestContext.Current.CancellationToken));
            Assert.Equal(["logs:read", "new:read"], after.Entitlements.Keys.Order(StringComparer.Ordinal));
            Assert.Equal(["engineering", "duty"], after.Entitlements["logs:read"].Eligible);
            Assert.Equal(["ana@example.com"], after.Groups["engineering"].Members);
            Assert.Equal(["1 fewer person may ask for new:read", "2 fewer people can approve old:read"], PeopleDiff.Of(broker.Catalog, after).Select(p => p.Text).Where(t => t.Contains("new:", StringComparison.Ordinal) || t.Contains("approve", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("eligible: [engineering, sre, duty]", "eligible:\n      - engineering\n      - sre\n      - duty")]
    [InlineData("eligible: [engineering, sre, duty]", "eligible: [ sre, engineering, duty ]")]
    [InlineData("eligible: [engineering, sre, duty]", "eligible: [\"engineering\", 'duty', \"sre\"]   # [not, a, list]")]
    public async Task However_a_list_is_written_its_item_is_cut(string before, string after)
    {
        await using var broker = await UsedAsync(Engine.Sqlite);
        broker.Catalog = Sample.Snapshot(Yaml.Replace(before, after, StringComparison.Ordinal));

        var patched = CatalogPatch.Of(broker.Catalog, await ReviewAsync(broker), Sample.Options);

        Assert.Empty(patched.ByHand);
        Assert.Contains("-", patched.Diff, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_cut_is_named_and_nothing_else_is_lost()
    {
        await using var broker = await UsedAsync(Engine.Sqlite);
        broker.Catalog = Sample.Snapshot(Yaml.Replace("eligible: [engineering, sre, duty]", "eligible: [engineering,\n      sre, duty]", StringComparison.Ordinal));

        var patched = CatalogPatch.Of(broker.Catalog, await ReviewAsync(broker), Sample.Options);

        Assert.Equal(["sre from eligible of logs:read"], patched.ByHand);
        Assert.Contains("-  old:read:", patched.Diff, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Owners_are_told_once_a_month_on_any_number_of_replicas(Engine engine)
    {
        await using var one = await UsedAsync(engine);
        await using var two = one.Replica();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => (i % 2 == 0 ? one : two).Get<TellOwners>().RunAsync(CancellationToken.None))));
        await one.Get<TellOwners>().RunAsync(CancellationToken.None);

        Assert.Equal(["bea@example.com", "owners"], await one.Database.ReadAsync(s => s.QueryAsync<string>("select owner from access_reviews order by owner", null, CancellationToken.None), CancellationToken.None));
        one.Clock.Advance(31 * Day);
        var before = (await RecipientsAsync(one)).Count;
        Assert.Equal(2, await one.Get<TellOwners>().RunAsync(CancellationToken.None));
        Assert.Equal(0, await one.Get<TellOwners>().RunAsync(CancellationToken.None));
        Assert.Equal(["person:bea@example.com", "person:bea@example.com"], (await RecipientsAsync(one)).Skip(before));
        Assert.Equal(4, (await one.Database.ReadAsync(s => s.QueryAsync<string>("select id from events where type = 'access_review.told'", null, CancellationToken.None), CancellationToken.None)).Count);
    }

    [Fact]
    public async Task A_broker_that_was_set_up_this_month_tells_nobody_yet()
    {
        await using var broker = await TestBroker.NewAsync(Engine.Sqlite, Sample.Snapshot(Yaml), new ChatSurfaces([new ChatSurface(Surface.Slack, "", "")]));
        await broker.Get<AcceptCatalog>().HandleAsync(broker.Catalog, CancellationToken.None);

        Assert.Equal(0, await broker.Get<TellOwners>().RunAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_card_tells_an_owner_of_what_they_own_and_of_nothing_else()
    {
        await using var broker = await UsedAsync(Engine.Sqlite);
        var review = await ReviewAsync(broker);

        var text = string.Join('\n', AccessReviewCard.Of("owners", "2027-03", review)!.Parts.Select(p => p switch { ChatPart.Paragraph q => q.Text.ToString(), ChatPart.Fine f => f.Text.ToString(), _ => "" }));

        Assert.Contains("logs:read", text, StringComparison.Ordinal);
        Assert.Contains("4 may ask, 2 did", text, StringComparison.Ordinal);
        Assert.Contains("Keep engineering: 1 of its 2 members used it", text, StringComparison.Ordinal);
        Assert.Contains("Remove sre: None of its 2 members used it", text, StringComparison.Ordinal);
        Assert.DoesNotContain("old:read", text, StringComparison.Ordinal);
        Assert.Null(AccessReviewCard.Of("nobody", "2027-03", review));
    }

    private static Task<IReadOnlyList<string>> RecipientsAsync(TestBroker broker) =>
        broker.Database.ReadAsync(s => s.QueryAsync<string>("select recipient from deliveries where template = 'access_review' order by id", null, CancellationToken.None), CancellationToken.None);
}
