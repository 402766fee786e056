using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Client;
using JitBroker.People;

namespace JitBroker.Benchmarks.Audit;

/// <summary>
/// Verifying an export of events such as the loop writes, from a file, on one thread, as <c>jit audit verify</c> does. The yardstick reads the same file and
/// does the least that any verifier must: parse each line and hash it.
/// </summary>
internal static class AuditBench
{
    private const int Events = 200_000;
    private const int Rounds = 10;

    public static async Task<AuditFigures> RunAsync(Progress progress, CancellationToken cancellationToken)
    {
        var path = Path.GetTempFileName();
        try
        {
            progress.Say(FormattableString.Invariant($"audit: writing an export of {Events} events"));
            await WriteAsync(path, cancellationToken);
            await MeasureAsync(path, cancellationToken);
            var pairs = new List<(double, double)>();
            for (var round = 1; round <= Rounds; round++)
            {
                progress.Say(FormattableString.Invariant($"audit: round {round} of {Rounds}"));
                pairs.Add(await MeasureAsync(path, cancellationToken));
            }

            return new AuditFigures(Events, new FileInfo(path).Length, pairs);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<(double Yardstick, double Verified)> MeasureAsync(string path, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await ParseAndHashAsync(path, cancellationToken);
        var yardstick = Events / watch.Elapsed.TotalSeconds;
        watch.Restart();
        await using var export = Open(path);
        var verdict = await new AuditVerifier([], null).VerifyAsync(export, cancellationToken);
        if (!verdict.Ok || verdict.Events != Events)
            throw new InvalidOperationException($"The export does not verify: {verdict.ToJson()}");
        return (yardstick, Events / watch.Elapsed.TotalSeconds);
    }

    private static async Task ParseAndHashAsync(string path, CancellationToken cancellationToken)
    {
        await using var export = Open(path);
        using var reader = new StreamReader(export, Encoding.UTF8);
        var hash = new byte[SHA256.HashSizeInBytes];
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var bytes = Encoding.UTF8.GetBytes(line);
            using var json = JsonDocument.Parse(bytes);
            SHA256.HashData(bytes, hash);
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, FileOptions.SequentialScan);

    private static async Task WriteAsync(string path, CancellationToken cancellationToken)
    {
        var start = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
        var ana = new Actor(new Person("ana@example.com", "Ana"), People.Surface.Slack, "slack:T0EX/U0ANA");
        var hash = Chain.Genesis;
        await using var file = new StreamWriter(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        for (var seq = 1; seq <= Events; seq++)
        {
            var at = start.AddMilliseconds(seq * 37L);
            var data = new JsonObject { ["entitlement"] = "orders-db:read", ["duration"] = 3600, ["reason"] = $"INC-{seq} größer als \"erwartet\"", ["kind"] = "access" };
            var happened = AuditEvent.By(ana, "request", Ids.New(at), 1, "request.submitted", at, Ids.New(at), data);
            hash = Chain.HashOf(hash, EventForm.Canonical(happened, seq));
            await file.WriteLineAsync(EventForm.Line(happened with { Seq = seq, Hash = hash }).AsMemory(), cancellationToken);
        }
    }
}
