using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Client;

/// <summary>
/// Verifies an export (JSON lines) offline: that every event is what was sealed, at its place, and none is missing. Knows only the file, the checkpoints and
/// the keys it is given, and asks nobody. Reads as a stream, so size does not matter.
/// </summary>
public sealed class AuditVerifier
{
    private const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";
    private readonly IReadOnlyDictionary<long, string> expectedHashes;
    private readonly IReadOnlyList<AuditCheckpoint> checkpoints;
    private readonly CheckpointKeys? keys;
    private readonly CanonicalEvent line = new();
    private readonly byte[] previous = Encoding.ASCII.GetBytes(Genesis);
    private long expected = 1;
    private long first;
    private long events;
    private long? met;
    private bool hasBegun;

    /// <param name="checkpoints">What the chain must meet; may be none: then a cut-off end cannot be seen.</param>
    /// <param name="keys">Null: checkpoints are believed as they are.</param>
    public AuditVerifier(IReadOnlyList<AuditCheckpoint> checkpoints, CheckpointKeys? keys)
    {
        this.checkpoints = [.. checkpoints.OrderBy(c => c.Seq)];
        this.keys = keys;
        var known = new Dictionary<long, string>();
        foreach (var checkpoint in this.checkpoints.Where(c => c.Hash is not null))
            known[checkpoint.Seq] = checkpoint.Hash!;
        expectedHashes = known;
    }

    /// <summary>Reads <paramref name="export"/> to its end, or to its first fault. One verifier verifies one export.</summary>
    public async Task<AuditVerdict> VerifyAsync(Stream export, CancellationToken cancel)
    {
        if (checkpoints.FirstOrDefault(c => c.Hash is null || keys?.Signed(c) is false) is { } forged)
            return Bad(AuditFaults.Signature, $"The checkpoint at {forged.Seq} is not signed by a key of this JWKS.", forged.Seq);
        if (Contradicted() is { } twice)
            return Bad(AuditFaults.Hash, $"Two checkpoints at {twice} do not agree.", twice);
        var lines = new LineReader(export);
        while (await lines.MoveNextAsync(cancel))
        {
            if (lines.IsBlank)
                continue;
            if (!line.TryRead(lines.Current, previous))
                return lines.IsCut
                    ? Bad(AuditFaults.Truncated, "The last line breaks off.")
                    : Bad(AuditFaults.Hash, string.Create(CultureInfo.InvariantCulture, $"Line {lines.Number} is not an event in the form that is exported."));
            if (!hasBegun && line.IsPredecessor)
                Begin();
            else if (line.Seq != expected)
                return await MisplacedAsync(lines, cancel);
            else if (!Accept())
                return Bad(AuditFaults.Hash, string.Create(CultureInfo.InvariantCulture, $"Event {expected} (line {lines.Number}) is not what was sealed."));
            hasBegun = true;
            if (expectedHashes.TryGetValue(line.Seq, out var hash) && !Meets(hash))
                return Bad(AuditFaults.Hash, $"The chain does not meet the checkpoint at {line.Seq}: events up to there are not those that were sealed.", line.Seq);
        }

        return AtTheEnd();
    }

    private AuditVerdict AtTheEnd()
    {
        if (!hasBegun)
            return Bad(AuditFaults.Truncated, "The file is empty.");
        return checkpoints.Count > 0 && checkpoints[^1].Seq is var last && last >= expected
            ? Bad(AuditFaults.Truncated, string.Create(CultureInfo.InvariantCulture, $"The file ends at {expected - 1}, and the checkpoint was taken at {last}."))
            : new AuditVerdict(null, null, events, first, expected - 1, met, null);
    }

    private long? Contradicted() =>
        checkpoints.GroupBy(c => c.Seq).Where(g => g.Select(c => c.Hash).Distinct(StringComparer.Ordinal).Skip(1).Any()).Select(g => (long?)g.Key).FirstOrDefault();

    private void Begin()
    {
        line.Hash.CopyTo(previous, 0);
        expected = line.Seq + 1;
    }

    /// <summary>The line stands where it belongs: whether it is what was sealed.</summary>
    private bool Accept()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(line.Hashed, hash);
        for (var i = 0; i < hash.Length; i++)
            if (line.Hash[2 * i] != Digit(hash[i] >> 4) || line.Hash[(2 * i) + 1] != Digit(hash[i] & 15))
                return false;
        line.Hash.CopyTo(previous, 0);
        first = events++ == 0 ? expected : first;
        expected++;
        return true;
    }

    private bool Meets(string hash)
    {
        met = line.Seq;
        return hash.Length == previous.Length && previous.AsSpan().SequenceEqual(Encoding.ASCII.GetBytes(hash));
    }

    /// <summary>Another number than the next: looks whether the next comes later (the order is wrong) or not at all (it is missing).</summary>
    private async Task<AuditVerdict> MisplacedAsync(LineReader lines, CancellationToken cancel)
    {
        var (found, at) = (line.Seq, lines.Number);
        var isOrder = found < expected;
        while (!isOrder && await lines.MoveNextAsync(cancel))
            isOrder = !lines.IsBlank && line.TryRead(lines.Current, previous) && line.Seq == expected;
        return isOrder
            ? Bad(AuditFaults.Order, string.Create(CultureInfo.InvariantCulture, $"Line {at} is event {found} where {expected} belongs."))
            : Bad(AuditFaults.Gap, string.Create(CultureInfo.InvariantCulture, $"Event {expected} is missing: line {at} is event {found}."));
    }

    private AuditVerdict Bad(string reason, string detail, long? at = null) => new(at ?? expected, reason, events, first, expected - 1, null, detail);

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
