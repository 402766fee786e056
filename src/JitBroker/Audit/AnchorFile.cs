using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Audit;

/// <summary><c>Audit:AnchorFile</c>. <paramref name="Path"/> is absolute; empty: there is none.</summary>
public sealed record AnchorOptions(string Path);

/// <summary>
/// Copies every checkpoint to a file of its owner's alone, one JSON object a line, for a place that whoever changes the database does not reach. What is
/// missing in it is made up for from the table, so a crash or a full disk leaves no hole; a file that fails is told once a minute and holds nothing up.
/// </summary>
public sealed partial class AnchorFile(AnchorOptions options, Database database, ChainStore chain, TimeProvider clock, ILogger<AnchorFile> log)
{
    private const int Batch = 200;
    private const int Tail = 64 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private DateTimeOffset _notBefore = DateTimeOffset.MinValue;
    private long? _last;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Path.Length == 0 || clock.GetUtcNow() < _notBefore)
            return;
        try
        {
            _last ??= await BeginAsync(cancellationToken);
            while (await database.ReadAsync(session => chain.CheckpointsAfterAsync(session, _last.Value, Batch, cancellationToken), cancellationToken) is { Count: > 0 } missing)
            {
                await AppendAsync(missing, cancellationToken);
                _last = missing[^1].Seq;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            (_last, _notBefore) = (null, clock.GetUtcNow() + Pause);
            LogFailed(log, options.Path, e.Message);
        }
    }

    /// <summary>One checkpoint as it stands in the file and in <c>GET /v1/audit/checkpoint</c>.</summary>
    public static string Line(Checkpoint checkpoint) =>
        new JsonObject { ["seq"] = checkpoint.Seq, ["hash"] = checkpoint.Hash, ["at"] = EventForm.Text(checkpoint.At), ["jws"] = checkpoint.Jws }.ToJsonString();

    /// <summary>The last checkpoint that the file holds. One that the chain does not reach any more is told: the database is older than its witness.</summary>
    private async Task<long> BeginAsync(CancellationToken cancellationToken)
    {
        var last = await LastAsync(cancellationToken);
        var head = await database.ReadAsync(session => chain.HeadAsync(session, cancellationToken), cancellationToken);
        if (last > head.Seq)
            LogAhead(log, options.Path, last, head.Seq);
        return last;
    }

    private async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(options.Path))
            return 0;
        await using var file = new FileStream(options.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-Math.Min(file.Length, Tail), SeekOrigin.End);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var lines = (await reader.ReadToEndAsync(cancellationToken)).Split('\n');
        return lines.Reverse().Select(SeqOf).FirstOrDefault(s => s > 0);
    }

    private async Task AppendAsync(IReadOnlyList<Checkpoint> checkpoints, CancellationToken cancellationToken)
    {
        var how = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(options.Path, how);
        var text = string.Concat(checkpoints.Select(c => Line(c) + "\n"));
        // A line that a crash left half written is closed, and stays readable as what it is.
        await file.WriteAsync(Encoding.UTF8.GetBytes(EndsInMidLine(file) ? "\n" + text : text), cancellationToken);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Leaves the file at its end.</summary>
    private static bool EndsInMidLine(FileStream file)
    {
        if (file.Seek(0, SeekOrigin.End) == 0)
            return false;
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private static long SeqOf(string line)
    {
        try
        {
            return line.Length > 0 && JsonNode.Parse(line) is JsonObject known && known["seq"] is JsonValue seq && seq.TryGetValue<long>(out var number) ? number : 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The anchor file {Path} cannot be written: {Why} Checkpoints are still made; the file is tried again in a minute and then made up")]
    private static partial void LogFailed(ILogger log, string path, string why);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The anchor file {Path} knows a checkpoint at {Anchored}, but the audit ends at {Head}: its end was cut off, or the database was restored from an older backup")]
    private static partial void LogAhead(ILogger log, string path, long anchored, long head);
}
