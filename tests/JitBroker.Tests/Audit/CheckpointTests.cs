using JitBroker.Audit;
using JitBroker.Client;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Audit;

public sealed class CheckpointTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task The_head_is_signed_at_once_and_then_each_minute_that_it_moves(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        Assert.Null(await bench.Checkpoints.RunAsync(CancellationToken.None));
        await bench.FillAsync(3);

        var first = await bench.Checkpoints.RunAsync(CancellationToken.None);
        await bench.FillAsync(2);
        var tooSoon = await bench.Checkpoints.RunAsync(CancellationToken.None);
        bench.Clock.Advance(TakeCheckpoints.Every);
        var second = await bench.Checkpoints.RunAsync(CancellationToken.None);
        bench.Clock.Advance(TakeCheckpoints.Every);
        var unmoved = await bench.Checkpoints.RunAsync(CancellationToken.None);

        Assert.Equal((3L, null, 5L, null), (first?.Seq, tooSoon?.Seq, second?.Seq, unmoved?.Seq));
        Assert.Equal(second!.Jws, (await bench.Reader.CheckpointAsync(CancellationToken.None))?.Jws);
        Assert.Contains(first!.Jws, bench.Log.Text, StringComparison.Ordinal);
        var verdict = await AuditBench.VerifyAsync(await bench.ExportAsync(), AuditCheckpoint.ReadAll(AnchorFile.Line(second)), bench.Signer.Keys);
        Assert.Equal((true, 5L), (verdict.Ok, verdict.Checkpoint));
    }

    [Fact]
    public async Task A_replica_whose_key_is_not_ripe_leaves_it_to_another()
    {
        await using var bench = await AuditBench.NewAsync(Engine.Sqlite);
        await bench.FillAsync(1);
        bench.Signer.IsRipe = false;

        Assert.Null(await bench.Checkpoints.RunAsync(CancellationToken.None));
        bench.Signer.IsRipe = true;
        Assert.NotNull(await bench.Checkpoints.RunAsync(CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_chain_that_was_changed_since_the_last_checkpoint_is_told_and_never_signed(Engine engine)
    {
        await using var bench = await AuditBench.NewAsync(engine);
        await bench.FillAsync(2);
        await bench.Checkpoints.RunAsync(CancellationToken.None);
        await bench.FillAsync(5);
        await bench.ForgeAsync("update events set actor = 'eve@example.com' where seq = 4");
        bench.Clock.Advance(TakeCheckpoints.Every);

        Assert.Null(await bench.Checkpoints.RunAsync(CancellationToken.None));

        Assert.Contains("Critical THE AUDIT WAS CHANGED: event 4", bench.Log.Text, StringComparison.Ordinal);
        Assert.Equal(2, (await bench.Reader.CheckpointAsync(CancellationToken.None))!.Seq);
    }

    [Fact]
    public async Task The_anchor_file_holds_every_checkpoint_and_is_its_owners_alone()
    {
        await using var bench = await AuditBench.NewAsync(Engine.Sqlite);
        for (var i = 0; i < 3; i++)
        {
            await bench.FillAsync(2);
            await bench.Checkpoints.RunAsync(CancellationToken.None);
            await bench.Anchor.RunAsync(CancellationToken.None);
            bench.Clock.Advance(TakeCheckpoints.Every);
        }

        Assert.Equal([2, 4, 6], await AnchoredAsync(bench));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bench.AnchorPath));
        var anchors = AuditCheckpoint.ReadAll(await File.ReadAllTextAsync(bench.AnchorPath, TestContext.Current.CancellationToken));
        Assert.True((await AuditBench.VerifyAsync(await bench.ExportAsync(), anchors, bench.Signer.Keys)).Ok);
    }

    [Fact]
    public async Task What_a_crash_or_a_full_disk_left_out_of_the_anchor_file_is_made_up_for()
    {
        await using var bench = await AuditBench.NewAsync(Engine.Sqlite);
        await bench.FillAsync(1);
        await bench.Checkpoints.RunAsync(CancellationToken.None);
        await bench.Anchor.RunAsync(CancellationToken.None);
        // Half a line, then nothing: as a crash in the middle of writing leaves it.
        await File.AppendAllTextAsync(bench.AnchorPath, """{"seq":99,"ha""", TestContext.Current.CancellationToken);
        for (var i = 0; i < 2; i++)
        {
            bench.Clock.Advance(TakeCheckpoints.Every);
            await bench.FillAsync(1);
            await bench.Checkpoints.RunAsync(CancellationToken.None);
        }

        await bench.AnchorAt(bench.AnchorPath).RunAsync(CancellationToken.None);

        var lines = await File.ReadAllLinesAsync(bench.AnchorPath, TestContext.Current.CancellationToken);
        Assert.Equal(["{\"seq\":1,", "{\"seq\":99", "{\"seq\":2,", "{\"seq\":3,"], lines.Select(l => l[..9]));
    }

    [Fact]
    public async Task An_anchor_file_that_fails_is_told_once_a_minute_and_holds_nothing_up()
    {
        await using var bench = await AuditBench.NewAsync(Engine.Sqlite);
        var anchor = bench.AnchorAt(Path.Combine(bench.AnchorPath, "not", "there"));
        await bench.FillAsync(1);
        await bench.Checkpoints.RunAsync(CancellationToken.None);

        await anchor.RunAsync(CancellationToken.None);
        await anchor.RunAsync(CancellationToken.None);
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        await anchor.RunAsync(CancellationToken.None);

        Assert.Equal(2, bench.Log.Text.Split('\n').Count(l => l.StartsWith("Error The anchor file", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_anchor_beyond_the_end_of_the_audit_is_told()
    {
        await using var bench = await AuditBench.NewAsync(Engine.Sqlite);
        await bench.FillAsync(2);
        await File.WriteAllTextAsync(bench.AnchorPath, "{\"seq\":40,\"hash\":\"x\",\"at\":\"\",\"jws\":\"\"}\n", TestContext.Current.CancellationToken);

        await bench.Anchor.RunAsync(CancellationToken.None);

        Assert.Contains("knows a checkpoint at 40, but the audit ends at 2", bench.Log.Text, StringComparison.Ordinal);
    }

    private static async Task<IEnumerable<long>> AnchoredAsync(AuditBench bench) =>
        AuditCheckpoint.ReadAll(await File.ReadAllTextAsync(bench.AnchorPath, TestContext.Current.CancellationToken)).Select(c => c.Seq);
}
