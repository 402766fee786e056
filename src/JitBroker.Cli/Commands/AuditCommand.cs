using System.CommandLine;
using System.Text;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit audit export</c> takes the record out of the broker; <c>jit audit verify</c> proves it without asking the broker anything.</summary>
internal static class AuditCommand
{
    internal static Verb Create(Runner run) =>
        new("audit", "Export the record, and verify it offline.", "jit audit export --out audit.jsonl --checkpoint checkpoint.json --jwks jwks.json", "jit audit verify audit.jsonl --checkpoint checkpoint.json --jwks jwks.json")
        {
            Export(run), Verify(run),
        };

    private static Verb Export(Runner run)
    {
        var from = new Option<string?>("--from") { Description = "Begin here, included: a sequence number, or an instant such as 2026-11-22T10:00:00Z.", HelpName = "SEQ|TIME" };
        var to = new Option<string?>("--to") { Description = "End here, included.", HelpName = "SEQ|TIME" };
        var format = new Option<string?>("--format") { Description = "jsonl can be verified; csv is for reading.", HelpName = "jsonl|csv", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        var file = new Option<string?>("--out") { Description = "Write there instead of to standard output; the file is yours alone.", HelpName = "FILE" };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Also keep the latest signed checkpoint.", HelpName = "FILE" };
        var jwks = new Option<string?>("--jwks") { Description = "Also keep the broker's public keys.", HelpName = "FILE" };
        return new Verb("export", "Write out the sealed events. For auditors and admins.", "jit audit export --out audit.jsonl", "jit audit export --from 2026-11-01T00:00:00Z --format csv > november.csv") { from, to, format, file, checkpoint, jwks }
            .Does(run, async invocation =>
            {
                var broker = invocation.For(SessionUse.Decide);
                // The checkpoint first: the export then reaches at least as far.
                if (invocation.Get(checkpoint) is { } checkpointFile)
                    await ExportFile.WriteAsync(invocation.PathOf(checkpointFile), (await broker.GetCheckpointAsync(invocation.Cancel)).Body, invocation.Cancel);
                if (invocation.Get(jwks) is { } jwksFile)
                    await ExportFile.WriteAsync(invocation.PathOf(jwksFile), (await broker.GetAuditKeysAsync(invocation.Cancel)).Body, invocation.Cancel);
                await using var export = await broker.ExportAuditAsync(invocation.Get(format)!, invocation.Get(from), invocation.Get(to), invocation.Cancel);
                await ExportFile.CopyAsync(invocation, export, invocation.Get(file));
                return Exits.Done;
            });
    }

    private static Verb Verify(Runner run)
    {
        var file = new Argument<string>("FILE") { Description = "What jit audit export wrote, as jsonl." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "A checkpoint, or an anchor file of many: shows whether the end was cut off or all of it rewritten.", HelpName = "FILE" };
        var jwks = new Option<string?>("--jwks") { Description = "The broker's public keys: shows whether the checkpoints are its own.", HelpName = "FILE" };
        return new Verb("verify", "Prove an export, offline: nothing was changed, left out, added or moved.", "jit audit verify audit.jsonl --checkpoint checkpoint.json --jwks jwks.json") { file, checkpoint, jwks }
            .Does(run, async invocation =>
            {
                if (invocation.Get(jwks) is not null && invocation.Get(checkpoint) is null)
                    throw new UsageFaultException("The keys verify checkpoints, and none is given.", "add --checkpoint FILE, or leave --jwks out");
                var checkpoints = await ReadAsync(invocation, invocation.Get(checkpoint), AuditCheckpoint.ReadAll) ?? [];
                var keys = await ReadAsync(invocation, invocation.Get(jwks), CheckpointKeys.Read);
                await using var export = Open(invocation, invocation.Get(file)!);
                var verdict = await new AuditVerifier(checkpoints, keys).VerifyAsync(export, invocation.Cancel);
                return Print(invocation, verdict, keys is not null);
            });
    }

    private static int Print(Invocation run, AuditVerdict verdict, bool isSigned)
    {
        if (!verdict.Ok || run.Json)
            run.Screen.Exact(verdict.ToJson() + "\n");
        if (!verdict.Ok)
            throw new RefusedHereException("audit_broken", verdict.Detail!, $"everything before event {verdict.FirstBad} is proven; keep the file as it is, and compare it with another export and the anchored checkpoints");
        if (run.Json)
            return Exits.Done;
        run.Screen.Line(Piece.Ours("Verified", Tone.Good), Piece.Ours($": {verdict.Events} events{(verdict.Events == 0 ? "" : $", {verdict.First} to {verdict.Last}")}. None was changed, left out, added or moved."));
        run.Screen.Line(verdict.Checkpoint is { } met
            ? Piece.Ours($"The chain meets the checkpoint at {met}, {(isSigned ? "signed by the broker" : "whose signature was not looked at: give --jwks")}.")
            : Piece.Ours("No checkpoint was compared: a cut-off end, or a record rewritten as a whole, would not be seen. Give --checkpoint and --jwks.", Tone.Warn));
        return Exits.Done;
    }

    private static async Task<T?> ReadAsync<T>(Invocation run, string? path, Func<string, T> read)
        where T : class
    {
        if (path is null)
            return null;
        try
        {
            await using var file = Open(run, path);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return read(await reader.ReadToEndAsync(run.Cancel));
        }
        catch (FormatException fault)
        {
            throw new UsageFaultException($"'{path}' cannot be used. {fault.Message}");
        }
    }

    private static FileStream Open(Invocation run, string path)
    {
        try
        {
            return new FileStream(run.PathOf(path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 1, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageFaultException($"'{path}' cannot be read: {fault.Message}");
        }
    }
}
