using System.Globalization;
using System.Text;
using JitBroker.Client;

namespace JitBroker.Server.Demo;

/// <summary>The tour's last chapter: an auditor takes the record out of the broker, proves it offline as <c>jit audit verify</c> does, and catches a forger.</summary>
internal sealed class AuditStory(DemoWorld world, HttpClient workspace, TourScreen screen)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <exception cref="TourException">A step did not hold.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        using var auditor = await new ChatSignIn(world.BrokerUrl, screen).HandleAsync(new Colleague(workspace, "U0ELI"), "Eli", SessionScope.Decide, cancellationToken);
        screen.Held("Eli is an auditor: this session may read the record, for 15 minutes");
        var checkpoints = await CheckpointAsync(auditor, cancellationToken);
        var keys = CheckpointKeys.Read(Encoding.UTF8.GetString((await auditor.GetAuditKeysAsync(cancellationToken)).Body.Span));
        var export = await ExportAsync(auditor, cancellationToken);
        var verdict = await VerifyAsync(export, checkpoints, keys, cancellationToken);
        TourException.Unless(verdict.Ok, $"The export does not verify: {verdict.Detail}");
        screen.Held(string.Create(CultureInfo.InvariantCulture, $"The audit is exported and verified offline: {verdict.Events} events, none changed, left out or moved; signed by the broker up to {verdict.Checkpoint}"));
        await ForgeAsync(export, verdict.Last / 2, checkpoints, keys, cancellationToken);
    }

    private async Task ForgeAsync(byte[] export, long seq, IReadOnlyList<AuditCheckpoint> checkpoints, CheckpointKeys keys, CancellationToken cancellationToken)
    {
        var forged = (byte[])export.Clone();
        var at = PlaceOf(forged, seq);
        forged[at] = forged[at] == (byte)'x' ? (byte)'y' : (byte)'x';
        var caught = await VerifyAsync(forged, checkpoints, keys, cancellationToken);
        TourException.Unless(caught is { Ok: false, Reason: AuditFaults.Hash } && caught.FirstBad == seq, $"One changed byte in event {seq} was judged {caught.ToJson()}.");
        screen.Says("jit audit verify", caught.ToJson());
        screen.Held(string.Create(CultureInfo.InvariantCulture, $"One byte of event {seq} is changed in the file: verification fails, at exactly that event"));
    }

    /// <summary>Where the type of an event stands in the file: the first letter of a word that says what happened.</summary>
    private static int PlaceOf(ReadOnlySpan<byte> export, long seq)
    {
        var start = 0;
        for (var line = 1; line < seq; line++)
            start += export[start..].IndexOf((byte)'\n') + 1;
        var mark = "\"type\":\""u8;
        return start + export[start..].IndexOf(mark) + mark.Length;
    }

    private static async Task<IReadOnlyList<AuditCheckpoint>> CheckpointAsync(BrokerClient auditor, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; ; waited += Glance)
        {
            try
            {
                return AuditCheckpoint.ReadAll(Encoding.UTF8.GetString((await auditor.GetCheckpointAsync(cancellationToken)).Body.Span));
            }
            catch (BrokerRefusedException e) when (e.Code == Codes.NotFound && waited < Patience)
            {
                await Task.Delay(Glance, cancellationToken);
            }
        }
    }

    private static async Task<byte[]> ExportAsync(BrokerClient auditor, CancellationToken cancellationToken)
    {
        await using var stream = await auditor.ExportAuditAsync("jsonl", null, null, cancellationToken);
        using var export = new MemoryStream();
        await stream.CopyToAsync(export, cancellationToken);
        return export.ToArray();
    }

    private static async Task<AuditVerdict> VerifyAsync(byte[] export, IReadOnlyList<AuditCheckpoint> checkpoints, CheckpointKeys keys, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(export, writable: false);
        return await new AuditVerifier(checkpoints, keys).VerifyAsync(stream, cancellationToken);
    }
}
