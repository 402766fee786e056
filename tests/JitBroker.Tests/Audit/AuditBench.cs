using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Storage;
using JitBroker.Tests.Issuing;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Audit;

/// <summary>The audit alone over a real database: events are appended as a test says, sealed, signed with a key of the test's, exported and verified.</summary>
internal sealed class AuditBench : IAsyncDisposable
{
    private static readonly EventStore Events = new();
    private readonly Databases _databases;
    private readonly string _folder = Directory.CreateTempSubdirectory("jitbroker-audit-").FullName;

    private AuditBench(Databases databases)
    {
        _databases = databases;
        Reader = new AuditReader(Database, Chain);
        Seal = new SealEvents(Database, Chain);
        Checkpoints = new TakeCheckpoints(Database, Chain, Reader, Signer, Clock, new Logger<TakeCheckpoints>(Log));
        Anchor = AnchorAt(AnchorPath);
    }

    public Database Database => _databases.Database;

    public ChainStore Chain { get; } = new();

    public ManualClock Clock { get; } = new();

    public CapturedLog Log { get; } = new();

    public TestSigner Signer { get; } = new();

    public AuditReader Reader { get; }

    public SealEvents Seal { get; }

    public TakeCheckpoints Checkpoints { get; }

    public AnchorFile Anchor { get; }

    public string AnchorPath => Path.Combine(_folder, "anchors.jsonl");

    public static async Task<AuditBench> NewAsync(Engine engine) => new(await Databases.NewAsync(engine));

    public AnchorFile AnchorAt(string path) => new(new AnchorOptions(path), Database, Chain, Clock, new Logger<AnchorFile>(Log));

    /// <summary>A sealer of another replica.</summary>
    public SealEvents AnotherSealer() => new(_databases.OpenAnother(), Chain);

    public Database OpenAnother() => _databases.OpenAnother();

    public AuditEvent Event(string aggregateId, int version, TimeSpan later = default, string type = "request.submitted", JsonObject? data = null, string who = "ana") =>
        AuditEvent.By(Loop.TestBroker.As(who), "request", aggregateId, version, type, Clock.GetUtcNow() + later, aggregateId, data);

    public static Task AppendAsync(Database database, params AuditEvent[] happened) =>
        database.WriteAsync(session => Events.AppendAsync(session, happened, CancellationToken.None), CancellationToken.None);

    public Task AppendAsync(params AuditEvent[] happened) => AppendAsync(Database, happened);

    /// <summary>That many events of as many requests, sealed unless said otherwise.</summary>
    public async Task FillAsync(int count, bool seal = true)
    {
        for (var i = 0; i < count; i++)
            await AppendAsync(Event($"R{Ids.New(Clock.GetUtcNow())}", 1, TimeSpan.FromMilliseconds(i), data: new JsonObject { ["n"] = i, ["reason"] = $"INC-{i} größer ☃" }));
        if (seal)
            await Seal.RunAsync(CancellationToken.None);
    }

    public async Task<string> ExportAsync()
    {
        var text = new StringBuilder();
        await foreach (var page in Reader.PagesAsync(await Reader.RangeAsync(null, null, CancellationToken.None), CancellationToken.None))
            foreach (var happened in page)
                text.Append(EventForm.Line(happened)).Append('\n');
        return text.ToString();
    }

    public async Task<IReadOnlyList<AuditEvent>> SealedAsync() =>
        await Reader.ListAsync(new AuditQuery(0, null, null, 1_000_000), CancellationToken.None);

    public Task<ChainHead> HeadAsync() => Database.ReadAsync(s => Chain.HeadAsync(s, CancellationToken.None), CancellationToken.None);

    public Task<int> RunAsync(string sql) => Database.WriteAsync(s => s.ExecuteAsync(sql, null, CancellationToken.None), CancellationToken.None);

    /// <summary>As whoever owns the database may: the guards are taken away first.</summary>
    public async Task ForgeAsync(string sql)
    {
        var (guard, off) = Database.Engine == Engine.Postgres
            ? ("alter table events enable trigger events_are_only_sealed", "alter table events disable trigger events_are_only_sealed")
            : ("select 1", "drop trigger if exists events_are_only_sealed");
        await RunAsync(off);
        await RunAsync(sql);
        await RunAsync(guard);
    }

    public static async Task<AuditVerdict> VerifyAsync(string export, IReadOnlyList<AuditCheckpoint>? checkpoints = null, CheckpointKeys? keys = null)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(export));
        return await new AuditVerifier(checkpoints ?? [], keys).VerifyAsync(stream, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _databases.DisposeAsync();
        Signer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Signs as the broker does, with an ES256 key made by the platform.</summary>
internal sealed class TestSigner : ICheckpointSigner, IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public bool IsRipe { get; set; } = true;

    public string Type { get; set; } = "jit-checkpoint+jws";

    public string Jwks
    {
        get
        {
            var point = _key.ExportParameters(false).Q;
            return $$"""{"keys":[{"kty":"EC","crv":"P-256","kid":"k1","x":"{{Text(point.X!)}}","y":"{{Text(point.Y!)}}"}]}""";
        }
    }

    public CheckpointKeys Keys => CheckpointKeys.Read(Jwks);

    public string? TrySign(string payload)
    {
        if (!IsRipe)
            return null;
        var signed = $"{Text(Encoding.UTF8.GetBytes($$"""{"alg":"ES256","kid":"k1","typ":"{{Type}}"}"""))}.{Text(Encoding.UTF8.GetBytes(payload))}";
        return $"{signed}.{Text(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Text(byte[] bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
