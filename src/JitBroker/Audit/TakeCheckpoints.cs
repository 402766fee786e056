using System.Text.Json.Nodes;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Audit;

/// <summary>
/// Signs the head of the chain: the first one at once, then each minute if it has moved. Before it signs, it works out anew every hash since the last
/// checkpoint; a chain that does not hold is told and never signed, so that what was changed in the database does not get the broker's word.
/// </summary>
public sealed partial class TakeCheckpoints(Database database, ChainStore chain, AuditReader reader, ICheckpointSigner signer, TimeProvider clock, ILogger<TakeCheckpoints> log)
{
    /// <summary>At least this lies between two checkpoints.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    private DateTimeOffset _lookAgainAt = DateTimeOffset.MinValue;

    /// <returns>The checkpoint that was made; null when none was due or none could be.</returns>
    public async Task<Checkpoint?> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now < _lookAgainAt)
            return null;
        var last = await reader.CheckpointAsync(cancellationToken);
        var head = await database.ReadAsync(session => chain.HeadAsync(session, cancellationToken), cancellationToken);
        if (head.Seq == (last?.Seq ?? 0) || (last is not null && now - last.At < Every))
            return null;
        if (await FirstBadAsync(last, head, cancellationToken) is { } bad)
        {
            _lookAgainAt = now + Every;
            LogBroken(log, bad, last?.Seq ?? 0);
            return null;
        }

        return await SignAsync(head, now, cancellationToken);
    }

    private async Task<Checkpoint?> SignAsync(ChainHead head, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var payload = CanonicalJson.Of(new JsonObject { ["seq"] = head.Seq, ["hash"] = head.Hash, ["at"] = EventForm.Text(now) });
        if (signer.TrySign(payload) is not { } jws)
            return null;
        var checkpoint = new Checkpoint { Seq = head.Seq, Hash = head.Hash, At = now, Jws = jws };
        if (!await database.WriteAsync(session => chain.InsertCheckpointAsync(session, checkpoint, cancellationToken), cancellationToken))
            return null;
        LogTaken(log, checkpoint.Seq, checkpoint.Hash, checkpoint.Jws);
        return checkpoint;
    }

    /// <summary>The first sequence number after the last checkpoint that is missing or not what was sealed; null when all is well.</summary>
    private async Task<long?> FirstBadAsync(Checkpoint? last, ChainHead head, CancellationToken cancellationToken)
    {
        var (seq, hash) = (last?.Seq ?? 0, last?.Hash ?? Chain.Genesis);
        if (head.Seq < seq)
            return head.Seq + 1;
        await foreach (var page in reader.PagesAsync(new AuditRange(seq + 1, head.Seq, null), cancellationToken))
        {
            foreach (var happened in page)
            {
                hash = Chain.HashOf(hash, EventForm.Canonical(happened, ++seq));
                if (happened.Seq != seq || happened.Hash != hash)
                    return seq;
            }
        }

        return (seq, hash) == (head.Seq, head.Hash) ? null : seq + 1;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit checkpoint: seq {Seq}, hash {Hash}, {Jws}")]
    private static partial void LogTaken(ILogger log, long seq, string hash, string jws);

    [LoggerMessage(Level = LogLevel.Critical, Message = "THE AUDIT WAS CHANGED: event {Seq} is missing or is not what was sealed (the last checkpoint, {Last}, held). Nothing is signed until this is looked into: keep the database as it is, export the audit and verify it against the anchored checkpoints")]
    private static partial void LogBroken(ILogger log, long seq, long last);
}
