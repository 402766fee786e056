using System.Data.Common;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Audit;

public sealed class SealTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Everything_that_was_committed_gets_its_place_and_verifies(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var grant = await broker.GrantAsync();
        await broker.CollectAsync("ana", grant.Id);
        await broker.CollectAsync("cy", grant.Id);
        await broker.EndAsync("ana", grant.Id);
        await broker.SweepAsync();

        var count = await broker.Get<SealEvents>().RunAsync(CancellationToken.None);

        var events = await broker.Get<AuditReader>().ListAsync(new AuditQuery(0, null, null, 100), CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, count).Select(n => (long?)n), events.Select(e => e.Seq));
        var verdict = await AuditBench.VerifyAsync(string.Concat(events.Select(e => EventForm.Line(e) + "\n")));
        Assert.Equal((true, count), (verdict.Ok, verdict.Events));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Sealers_that_race_over_twenty_rounds_make_one_chain_without_holes(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        var (one, two) = (bench.Seal, bench.AnotherSealer());
        for (var round = 0; round < 20; round++)
        {
            var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => bench.FillAsync(3, seal: false)));
            await Task.WhenAll([.. writers, Task.Run(() => one.RunAsync(CancellationToken.None)), Task.Run(() => two.RunAsync(CancellationToken.None))]);
        }

        await one.RunAsync(CancellationToken.None);

        var head = await bench.HeadAsync();
        var verdict = await AuditBench.VerifyAsync(await bench.ExportAsync());
        Assert.Equal((240L, true, 240L), (head.Seq, verdict.Ok, verdict.Events));
    }

    [Fact]
    public async Task A_transaction_that_commits_late_gets_a_later_place_and_is_not_left_out()
    {
        await using var bench = await AuditBench.NewAsync(Engine.Postgres);
        var (isIn, mayCommit) = (new TaskCompletionSource(), new TaskCompletionSource());
        var slow = bench.OpenAnother().WriteAsync(
            async session =>
            {
                await new EventStore().AppendAsync(session, bench.Event("R-slow", 1), CancellationToken.None);
                await session.FirstOrDefaultAsync<int>("select 1", null, CancellationToken.None);
                isIn.TrySetResult();
                await mayCommit.Task;
            },
            CancellationToken.None);
        await isIn.Task;

        await bench.AppendAsync(bench.Event("R-quick", 1, TimeSpan.FromSeconds(1)));
        Assert.Equal(1, await bench.Seal.RunAsync(CancellationToken.None));
        mayCommit.SetResult();
        await slow;
        Assert.Equal(1, await bench.Seal.RunAsync(CancellationToken.None));

        Assert.Equal(["R-quick", "R-slow"], (await bench.SealedAsync()).Select(e => e.AggregateId));
        Assert.True((await AuditBench.VerifyAsync(await bench.ExportAsync())).Ok);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Versions_of_one_aggregate_keep_their_order_whatever_their_clocks_said(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        await bench.FillAsync(SealEvents.Batch + 20, seal: false);
        // Version 1 read the clock last: by time alone it would come in a later batch than version 3.
        await bench.AppendAsync(bench.Event("R-one", 1, TimeSpan.FromHours(1)), bench.Event("R-one", 2, TimeSpan.FromMinutes(-1)), bench.Event("R-one", 3, TimeSpan.FromMinutes(-2)));

        await bench.Seal.RunAsync(CancellationToken.None);

        var events = await bench.SealedAsync();
        Assert.Equal([1, 2, 3], events.Where(e => e.AggregateId == "R-one").Select(e => e.Version));
        Assert.Equal(SealEvents.Batch + 23, events.Count);
        Assert.True((await AuditBench.VerifyAsync(await bench.ExportAsync())).Ok);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_sealer_that_dies_in_the_middle_leaves_nothing_half_done(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        await bench.FillAsync(3);
        await bench.FillAsync(5, seal: false);
        var before = await bench.HeadAsync();
        var unsealed = await bench.Database.ReadAsync(s => bench.Chain.UnsealedAsync(s, 10, CancellationToken.None), CancellationToken.None);

        await Assert.ThrowsAsync<InvalidOperationException>(() => bench.Database.WriteAsync(
            async session =>
            {
                await bench.Chain.MoveHeadAsync(session, before, new ChainHead { Seq = 8, Hash = new string('a', 64) }, CancellationToken.None);
                await bench.Chain.SealAsync(session, [new LinkedEvent(unsealed[0].Id, 4, new string('b', 64))], CancellationToken.None);
                throw new InvalidOperationException("killed");
            },
            CancellationToken.None));

        Assert.Equal(before, await bench.HeadAsync());
        Assert.Equal(5, await bench.Seal.RunAsync(CancellationToken.None));
        Assert.True((await AuditBench.VerifyAsync(await bench.ExportAsync())).Ok);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_database_refuses_to_change_or_delete_what_happened(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        await bench.FillAsync(2);
        await bench.Checkpoints.RunAsync(CancellationToken.None);
        await bench.AppendAsync(bench.Event("R-unsealed", 1));

        string[] abuses =
        [
            "update events set actor = 'eve@example.com' where seq = 1",
            "update events set hash = hash where seq = 1",
            "update events set seq = null, hash = null where seq = 2",
            "update events set data = '{}' where seq is null",
            "update events set seq = 3, hash = 'x', actor = 'eve@example.com' where seq is null",
            "delete from events where seq = 2",
            "delete from events where seq is null",
            "update audit_head set seq = 1",
            "delete from audit_head",
            "insert into audit_head (id, seq, hash) values (2, 9, 'x')",
            "update checkpoints set hash = 'x'",
            "delete from checkpoints",
            .. engine == Engine.Postgres ? ["truncate events", "truncate audit_head", "truncate checkpoints"] : Array.Empty<string>(),
        ];
        foreach (var abuse in abuses)
            await Assert.ThrowsAnyAsync<DbException>(() => bench.RunAsync(abuse));

        Assert.Equal(1, await bench.Seal.RunAsync(CancellationToken.None));
        Assert.Equal((true, 3L), ((await AuditBench.VerifyAsync(await bench.ExportAsync())).Ok, (await bench.HeadAsync()).Seq));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task No_event_can_stop_the_sealing(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        string[] odd = ["{", "", "{\"a\":1,\"a\":2}", "null", "1e999", "\"\\ud800\"", """{"a":"\u0000 \ud83d\ude00 \u2028","n":-0.0,"big":12345678901234567890}""", """{"ＡＢ":1,"\ud83d\ude00":2,"b":[1.50,1e21,[]]}"""];
        for (var i = 0; i < odd.Length; i++)
            await bench.AppendAsync(bench.Event($"R{i}", 1, TimeSpan.FromSeconds(i)) with { Data = odd[i] });

        Assert.Equal(odd.Length, await bench.Seal.RunAsync(CancellationToken.None));

        var verdict = await AuditBench.VerifyAsync(await bench.ExportAsync());
        Assert.True(verdict.Ok, verdict.Detail);
        var lines = (await bench.ExportAsync()).Split('\n');
        Assert.Equal(("{", "1e999"), ((string?)JsonNode.Parse(lines[0])!["data"], (string?)JsonNode.Parse(lines[4])!["data"]));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Exactly_what_stands_there_is_hashed_as_the_contract_says(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        await bench.AppendAsync(bench.Event("R1", 1) with { Id = "01KAMFIRST", Data = """{"b":1,"a":"ü"}""" });
        await bench.Seal.RunAsync(CancellationToken.None);

        const string canonical = """{"about":"R1","actor":"ana@example.com","aggregate":"request","aggregateId":"R1","at":"2026-11-22T10:00:00.000Z","data":{"a":"ü","b":1},"id":"01KAMFIRST","seq":1,"surface":"api","type":"request.submitted","version":1}""";
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(new string('0', 64) + canonical)));
        Assert.Equal(hash, (await bench.HeadAsync()).Hash);
        Assert.Equal(canonical.Replace(",\"id\"", $",\"hash\":\"{hash}\",\"id\"", StringComparison.Ordinal) + "\n", await bench.ExportAsync());
    }
}
