using System.Text;
using JitBroker.Client;
using JitBroker.Storage;
using JitBroker.Tests.Audit;

namespace JitBroker.Tests.Cli;

public sealed class AuditTests
{
    private const string LeaseId = "01KAM0LEASEAAAAAAAAAAAAAAA";

    [Fact]
    public async Task Verify_proves_an_export_without_a_broker_and_without_a_session()
    {
        await using var machine = await Machine.StartAsync();
        await using var bench = await AuditBench.NewAsync(Engine.Sqlite);
        await WriteAsync(machine, bench);

        var ran = await machine.RunAsync("audit", "verify", "audit.jsonl", "--checkpoint", "checkpoint.json", "--jwks", "jwks.json");

        Assert.Equal((0, "Verified: 12 events, 1 to 12. None was changed, left out, added or moved.\nThe chain meets the checkpoint at 12, signed by the broker.\n"), (ran.Exit, ran.Out));
        Assert.Empty(machine.Broker.Calls);
        Assert.Equal("""{"ok":true,"events":12,"first":1,"last":12,"checkpoint":12}""" + "\n", (await machine.RunAsync("audit", "verify", "audit.jsonl", "--checkpoint", "checkpoint.json", "-o", "json")).Out);
        Assert.Contains("No checkpoint was compared", (await machine.RunAsync("audit", "verify", "audit.jsonl")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_names_the_first_bad_event_on_standard_output_and_exits_1()
    {
        await using var machine = await Machine.StartAsync();
        await using var bench = await AuditBench.NewAsync(Engine.Sqlite);
        await WriteAsync(machine, bench);
        var path = Path.Combine(machine.Folder, "audit.jsonl");
        var text = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(path, text.Replace("INC-6 ", "INC-7 ", StringComparison.Ordinal), TestContext.Current.CancellationToken);

        var ran = await machine.RunAsync("audit", "verify", "audit.jsonl", "--checkpoint", "checkpoint.json");

        Assert.Equal((1, "audit_broken", """{"ok":false,"firstBad":7,"reason":"hash"}""" + "\n"), (ran.Exit, ran.Code, ran.Out));
        Assert.Contains("everything before event 7 is proven", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_with_files_that_are_none_is_a_usage_fault()
    {
        await using var machine = await Machine.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "audit.jsonl"), "", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "empty"), "hello", TestContext.Current.CancellationToken);

        Assert.Equal(2, (await machine.RunAsync("audit", "verify", "missing.jsonl")).Exit);
        Assert.Equal(2, (await machine.RunAsync("audit", "verify", "audit.jsonl", "--checkpoint", "empty")).Exit);
        Assert.Equal(2, (await machine.RunAsync("audit", "verify", "audit.jsonl", "--jwks", "empty")).Exit);
        Assert.Equal(2, (await machine.RunAsync("audit", "verify")).Exit);
        Assert.Equal((1, """{"ok":false,"firstBad":1,"reason":"truncated"}""" + "\n"), (await machine.RunAsync("audit", "verify", "audit.jsonl")) is var ran ? (ran.Exit, ran.Out) : default);
    }

    [Fact]
    public async Task Export_needs_the_stronger_session_and_keeps_what_it_gets_for_its_owner_alone()
    {
        await using var machine = await Machine.SignedInAsync();
        Assert.Equal(Codes.ScopeNeeded, (await machine.RunAsync("audit", "export")).Code);
        machine.SignIn(Machine.DecideToken, SessionScope.Decide, TimeSpan.FromMinutes(15));
        machine.Broker.On("GET /v1/audit/export", new Say(200, "{\"seq\":1}\n", "application/jsonl"));
        machine.Broker.On("GET /v1/audit/checkpoint", Say.Ok(new CheckpointResource(1, "h", JumpingClock.Start, "a.b.c")));
        machine.Broker.On("GET /.well-known/audit-keys.json", new Say(200, """{"keys":[]}"""));

        var piped = await machine.RunAsync("audit", "export", "--from", "2026-11-01T00:00:00Z", "--to", "900", "--format", "csv");
        var kept = await machine.RunAsync("audit", "export", "--out", "a.jsonl", "--checkpoint", "c.json", "--jwks", "k.json");

        Assert.Equal((0, "{\"seq\":1}\n"), (piped.Exit, piped.Out));
        Assert.Equal("?format=csv&from=2026-11-01T00%3A00%3A00Z&to=900", machine.Broker.CallsOf("GET /v1/audit/export")[0].Query);
        Assert.Equal((0, ""), (kept.Exit, kept.Out));
        // The checkpoint first, so that the export reaches at least as far.
        Assert.Equal(["/v1/audit/checkpoint", "/.well-known/audit-keys.json", "/v1/audit/export"], machine.Broker.Calls.TakeLast(3).Select(c => c.Path));
        Assert.Equal([Machine.DecideToken, null, Machine.DecideToken], machine.Broker.Calls.TakeLast(3).Select(c => c.Bearer));
        foreach (var file in new[] { "a.jsonl", "c.json", "k.json" })
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, OperatingSystem.IsWindows() ? UnixFileMode.UserRead | UnixFileMode.UserWrite : File.GetUnixFileMode(Path.Combine(machine.Folder, file)));
        Assert.Empty(Directory.EnumerateFiles(machine.Folder, "*.part"));
    }

    [Fact]
    public async Task An_operator_sees_what_is_stuck_retries_it_and_gives_it_up()
    {
        await using var machine = await Machine.SignedInAsync();
        var stuck = new LeaseDetailResource
        {
            Id = LeaseId, Grant = Sample.GrantId, Entitlement = "orders-db:read", Holder = Sample.Ana, Target = "postgres:orders", State = LeaseState.Revoking, ExpiresAt = JumpingClock.Start, RevokedAt = null,
            Verified = null, Attempts = 3, LastError = "no answer", StuckSince = JumpingClock.Start, NextAttemptAt = JumpingClock.Start,
        };
        machine.Broker.On("GET /v1/leases/stuck", Say.Ok(new Page<LeaseDetailResource>([stuck], null)));
        machine.Broker.On($"POST /v1/leases/{LeaseId}/retry", Say.Ok(stuck));
        machine.Broker.On($"POST /v1/leases/{LeaseId}/abandon", Say.Ok(stuck with { State = LeaseState.Revoked, Verified = false }));

        Assert.Contains("no answer", (await machine.RunAsync("stuck")).Out, StringComparison.Ordinal);
        Assert.Equal(0, (await machine.RunAsync("retry", "01KAM0LEASE")).Exit);
        Assert.Equal("{}", machine.Broker.Calls[^1].Body);
        var abandoned = await machine.RunAsync("abandon", LeaseId, "the", "server", "was", "scrapped");
        Assert.Equal((0, $"{LeaseId}  orders-db:read  ABANDONED, NOT VERIFIED\n"), (abandoned.Exit, abandoned.Out));
        Assert.Equal("the server was scrapped", machine.Broker.Calls[^1].Json.GetProperty("reason").GetString());
        Assert.True(machine.Broker.Calls[^1].Headers.ContainsKey("Idempotency-Key"));
        Assert.Equal(2, (await machine.RunAsync("abandon", LeaseId)).Exit);
    }

    private static async Task WriteAsync(Machine machine, AuditBench bench)
    {
        await bench.FillAsync(12);
        var checkpoint = (await bench.Checkpoints.RunAsync(CancellationToken.None))!;
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "audit.jsonl"), await bench.ExportAsync(), Encoding.UTF8, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "checkpoint.json"), JitBroker.Audit.AnchorFile.Line(checkpoint), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(machine.Folder, "jwks.json"), bench.Signer.Jwks, TestContext.Current.CancellationToken);
    }
}
