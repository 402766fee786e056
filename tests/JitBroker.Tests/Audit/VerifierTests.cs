using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Audit;
using JitBroker.Client;

namespace JitBroker.Tests.Audit;

/// <summary>The verifier of <c>jit audit verify</c> against exports that the broker's own code wrote, and against forgers.</summary>
public sealed class VerifierTests : IDisposable
{
    private static readonly string[] Lines = Export(40);
    private readonly TestSigner _signer = new();

    public void Dispose() => _signer.Dispose();

    [Fact]
    public async Task An_export_as_it_was_written_holds()
    {
        var verdict = await VerifyAsync(Lines);

        Assert.Equal(new AuditVerdict(null, null, 40, 1, 40, null, null), verdict);
        Assert.Equal("""{"ok":true,"events":40,"first":1,"last":40,"checkpoint":null}""", verdict.ToJson());
    }

    [Fact]
    public async Task A_part_begins_with_its_predecessor()
    {
        var before = JsonNode.Parse(Lines[9])!["hash"]!;

        var verdict = await VerifyAsync([$$"""{"hash":"{{before}}","seq":10}""", .. Lines[10..20]]);
        Assert.Equal(new AuditVerdict(null, null, 10, 11, 20, null, null), verdict);
        Assert.Equal((11, "hash"), await FaultAsync([$$"""{"hash":"{{new string('a', 64)}}","seq":10}""", .. Lines[10..20]]));
        Assert.Equal((1, "gap"), await FaultAsync(Lines[10..20]));
        Assert.Equal((11, "hash"), await FaultAsync([.. Lines[..10], $$"""{"hash":"{{new string('a', 64)}}","seq":11}""", .. Lines[10..20]]));
    }

    [Theory]
    [InlineData("actor", "\"eve@example.com\"")]
    [InlineData("actor", "null")]
    [InlineData("at", "\"2026-11-22T10:00:00.001Z\"")]
    [InlineData("version", "2")]
    [InlineData("data", "{}")]
    [InlineData("hash", "\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("new", "true")]
    public async Task An_edited_or_added_field_is_found_at_its_event(string field, string value)
    {
        foreach (var at in new[] { 0, 17, 39 })
        {
            var forged = (string[])Lines.Clone();
            var json = JsonNode.Parse(forged[at])!.AsObject();
            json[field] = JsonNode.Parse(value);
            forged[at] = json.ToJsonString();

            Assert.Equal((at + 1, "hash"), await FaultAsync(forged));
        }
    }

    [Fact]
    public async Task A_field_that_was_taken_away_or_stands_there_twice_is_found()
    {
        var json = JsonNode.Parse(Lines[5])!.AsObject();
        json.Remove("about");
        Assert.Equal((6, "hash"), await FaultAsync([.. Lines[..5], json.ToJsonString(), .. Lines[6..]]));
        Assert.Equal((6, "hash"), await FaultAsync([.. Lines[..5], Lines[5].Replace("{\"about\"", "{\"actor\":\"eve@example.com\",\"about\"", StringComparison.Ordinal), .. Lines[6..]]));
    }

    [Fact]
    public async Task An_event_whose_hash_was_made_to_fit_breaks_the_chain_behind_it()
    {
        var forged = (string[])Lines.Clone();
        var json = JsonNode.Parse(forged[20])!.AsObject();
        json["actor"] = "eve@example.com";
        json.Remove("hash");
        json["hash"] = Chain.HashOf((string)JsonNode.Parse(forged[19])!["hash"]!, CanonicalJson.Of(json));
        forged[20] = json.ToJsonString();

        Assert.Equal((22, "hash"), await FaultAsync(forged));
    }

    [Fact]
    public async Task A_record_that_was_rewritten_as_a_whole_does_not_meet_the_checkpoint()
    {
        var rewritten = Export(40, who: "eve");

        Assert.True((await VerifyAsync(rewritten)).Ok);
        Assert.Equal((30, "hash"), await FaultAsync(rewritten, Checkpoint(30)));
    }

    [Fact]
    public async Task Lines_that_are_missing_moved_or_there_twice_are_told_apart()
    {
        Assert.Equal((1, "gap"), await FaultAsync(Lines[1..]));
        Assert.Equal((8, "gap"), await FaultAsync([.. Lines[..7], .. Lines[8..]]));
        Assert.Equal((8, "gap"), await FaultAsync([.. Lines[..7], .. Lines[20..]]));
        Assert.Equal((8, "order"), await FaultAsync([.. Lines[..7], Lines[8], Lines[7], .. Lines[9..]]));
        Assert.Equal((8, "order"), await FaultAsync([.. Lines[..7], .. Lines[8..], Lines[7]]));
        Assert.Equal((1, "order"), await FaultAsync([.. Lines.Reverse()]));
        Assert.Equal((8, "order"), await FaultAsync([.. Lines[..7], Lines[6], .. Lines[7..]]));
        Assert.Equal((41, "order"), await FaultAsync([.. Lines, Lines[39]]));
        Assert.Equal((8, "hash"), await FaultAsync([.. Lines[..7], "not an event", .. Lines[7..]]));
    }

    [Fact]
    public async Task A_cut_off_end_is_seen_against_the_checkpoint()
    {
        Assert.True((await VerifyAsync(Lines[..39])).Ok);
        Assert.Equal((40, "truncated"), await FaultAsync(Lines[..39], Checkpoint(40)));
        Assert.Equal((31, "truncated"), await FaultAsync(Lines[..30], Checkpoint(40)));
        Assert.Equal((1, "truncated"), await FaultAsync([], Checkpoint(40)));
        Assert.Equal((1, "truncated"), await FaultAsync([]));
        Assert.Equal((true, 30L), (await VerifyAsync(Lines, Checkpoint(30)) is var verdict && verdict.Ok, verdict.Checkpoint));

        var text = string.Join('\n', Lines);
        var cut = await AuditBench.VerifyAsync(text[..^40]);
        Assert.Equal((40L, "truncated"), (cut.FirstBad!.Value, cut.Reason));
    }

    [Fact]
    public async Task Every_checkpoint_of_an_anchor_file_must_be_met()
    {
        var anchors = Checkpoint(10).Concat(Checkpoint(25)).Concat(Checkpoint(40)).ToList();
        Assert.Equal(40, (await VerifyAsync(Lines, anchors)).Checkpoint);

        string[] late = [.. Lines[..20], .. Export(40, who: "eve", from: Lines[..20])];
        Assert.Equal((25, "hash"), await FaultAsync(late, anchors));
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_the_brokers_is_a_bad_signature()
    {
        var good = Checkpoint(30)[0];
        using var other = new TestSigner();
        var foreign = AuditCheckpoint.ReadAll(Jws(other, 30));
        _signer.Type = "JWT";
        var token = AuditCheckpoint.ReadAll(Jws(_signer, 30));
        var parts = good.Jws.Split('.');
        var payload = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]));
        var edited = AuditCheckpoint.ReadAll($"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload.Replace("\"seq\":30", "\"seq\":29", StringComparison.Ordinal)))}.{parts[2]}");
        var none = AuditCheckpoint.ReadAll($"{System.Buffers.Text.Base64Url.EncodeToString("""{"alg":"none","kid":"k1","typ":"jit-checkpoint+jws"}"""u8)}.{parts[1]}.");

        Assert.Equal((30, "signature"), await FaultAsync(Lines, foreign));
        Assert.Equal((30, "signature"), await FaultAsync(Lines, token));
        Assert.Equal((29, "signature"), await FaultAsync(Lines, edited));
        Assert.Equal((30, "signature"), await FaultAsync(Lines, none));
        Assert.Equal((30, "signature"), await FaultAsync(Lines, AuditCheckpoint.ReadAll("""{"seq":30,"hash":"x","jws":"garbage"}""")));
    }

    [Fact]
    public async Task The_order_of_members_blanks_line_ends_and_a_byte_order_mark_do_not_matter()
    {
        var shuffled = Lines.Select((line, i) => new JsonObject(JsonNode.Parse(line)!.AsObject().Reverse().Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString(new JsonSerializerOptions { WriteIndented = false }));

        var verdict = await AuditBench.VerifyAsync("\uFEFF" + string.Join(" \r\n\r\n", shuffled));

        Assert.True(verdict.Ok, verdict.Detail);
    }

    [Fact]
    public async Task A_line_longer_than_any_event_and_a_line_longer_than_a_buffer_are_no_trouble()
    {
        var lines = Export(3, data: i => new JsonObject { ["text"] = new string('x', 700_000 + i) });
        Assert.True((await VerifyAsync(lines)).Ok);

        Assert.Equal((1, "hash"), await FaultAsync([new string('{', 17 * 1024 * 1024)]));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData("-0")]
    [InlineData("9007199254740993")]
    [InlineData("1E+21")]
    [InlineData("0.10")]
    public async Task A_number_that_says_the_same_in_other_digits_is_not_what_was_exported(string other)
    {
        var value = JsonNode.Parse(other)!.GetValue<double>();
        var lines = Export(1, data: _ => new JsonObject { ["n"] = value });
        Assert.True((await VerifyAsync(lines)).Ok);

        var said = $"\"n\":{CanonicalJson.Of(JsonValue.Create(value))}";
        Assert.Equal((1, "hash"), await FaultAsync([lines[0].Replace(said, $"\"n\":{other}", StringComparison.Ordinal)]));
    }

    /// <summary>Unless the edit leaves the very same JSON value (a digit of an escape in another case).</summary>
    [Fact]
    public void Any_byte_changed_anywhere_is_found_at_its_event() => Prop.ForAll(
        Gen.Choose(0, 39).SelectMany(_ => Gen.Choose(0, 10_000), (line, at) => (line, at)).SelectMany(_ => Gen.Choose(0, 255), (place, with) => (place.line, place.at, with)).ToArbitrary(),
        edit =>
        {
            var bytes = Encoding.UTF8.GetBytes(Lines[edit.line]);
            var at = edit.at % bytes.Length;
            if (bytes[at] == (byte)edit.with)
                return true;
            bytes[at] = (byte)edit.with;
            byte[] forged = [.. Encoding.UTF8.GetBytes(Text(Lines[..edit.line])), .. bytes, (byte)'\n', .. Encoding.UTF8.GetBytes(Text(Lines[(edit.line + 1)..]))];
            using var stream = new MemoryStream(forged);
            var verdict = Sync(() => new AuditVerifier([], null).VerifyAsync(stream, CancellationToken.None));
            return verdict.Ok ? IsSame(bytes, Lines[edit.line]) : verdict.FirstBad == edit.line + 1;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Canonical_forms_of_the_broker_and_of_the_verifier_are_the_same() => Prop.ForAll(
        Values(4).ToArbitrary(),
        value =>
        {
            var lines = Export(1, data: _ => new JsonObject { ["v"] = value?.DeepClone() });
            var verdict = Sync(() => VerifyAsync(lines));
            return verdict.Ok;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Every_double_is_written_as_the_broker_writes_it() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>(),
        bits =>
        {
            var value = BitConverter.Int64BitsToDouble(bits * 7_046_029_254_386_353_131);
            return !double.IsFinite(value) || Sync(() => VerifyAsync(Export(1, data: _ => new JsonObject { ["n"] = value }))).Ok;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    private IReadOnlyList<AuditCheckpoint> Checkpoint(int seq) => AuditCheckpoint.ReadAll(Jws(_signer, seq));

    private static string Jws(TestSigner signer, int seq) =>
        signer.TrySign($$"""{"at":"2026-11-22T10:00:00.000Z","hash":"{{JsonNode.Parse(Lines[seq - 1])!["hash"]}}","seq":{{seq}}}""")!;

    private Task<AuditVerdict> VerifyAsync(string[] lines, IReadOnlyList<AuditCheckpoint>? checkpoints = null) =>
        AuditBench.VerifyAsync(Text(lines), checkpoints, checkpoints is null ? null : _signer.Keys);

    private async Task<(long, string)> FaultAsync(string[] lines, IReadOnlyList<AuditCheckpoint>? checkpoints = null)
    {
        var verdict = await VerifyAsync(lines, checkpoints);
        Assert.False(verdict.Ok);
        Assert.False(string.IsNullOrWhiteSpace(verdict.Detail));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $$"""{"ok":false,"firstBad":{{verdict.FirstBad}},"reason":"{{verdict.Reason}}"}"""), verdict.ToJson());
        return (verdict.FirstBad!.Value, verdict.Reason!);
    }

    private static string Text(string[] lines) => string.Concat(lines.Select(l => l + "\n"));

    /// <summary>Lines as the broker writes them, after <paramref name="from"/>.</summary>
    private static string[] Export(int count, string who = "ana", Func<int, JsonObject>? data = null, string[]? from = null)
    {
        var hash = from is null ? Chain.Genesis : (string)JsonNode.Parse(from[^1])!["hash"]!;
        var lines = new List<string>();
        for (var seq = (from?.Length ?? 0) + 1; seq <= count; seq++)
        {
            var at = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero).AddSeconds(seq);
            var details = data?.Invoke(seq) ?? new JsonObject { ["reason"] = $"INC-{seq} \"quoted\" \\ größer \t ☃ \U0001F600 \u0001", ["n"] = seq * 1.5, ["list"] = new JsonArray(1, null, true, new JsonObject { ["ﬀ"] = 1, ["\U0001F600"] = 2 }) };
            var happened = AuditEvent.By(Loop.TestBroker.As(who), "request", $"R{seq}", 1, "request.submitted", at, $"R{seq}", details);
            hash = Chain.HashOf(hash, EventForm.Canonical(happened, seq));
            lines.Add(EventForm.Line(happened with { Seq = seq, Hash = hash }));
        }

        return [.. lines];
    }

    private static bool IsSame(byte[] edited, string original)
    {
        try
        {
            return JsonNode.DeepEquals(JsonNode.Parse(edited), JsonNode.Parse(original));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Gen<JsonNode?> Values(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Constant<JsonNode?>(null),
            Gen.Elements(true, false).Select(b => (JsonNode?)JsonValue.Create(b)),
            ArbMap.Default.GeneratorFor<double>().Where(double.IsFinite).Select(d => (JsonNode?)JsonValue.Create(d)),
            ArbMap.Default.GeneratorFor<long>().Select(l => (JsonNode?)JsonValue.Create(l)),
            Texts().Select(s => (JsonNode?)JsonValue.Create(s)));
        if (depth == 0)
            return leaf;
        var list = Values(depth - 1).ListOf(3).Select(items => (JsonNode?)new JsonArray([.. items.Select(i => i?.DeepClone())]));
        var map = Texts().SelectMany(_ => Values(depth - 1), (name, value) => (name, value)).ListOf(4)
            .Select(members => (JsonNode?)new JsonObject(members.DistinctBy(m => m.name, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.name, m.value?.DeepClone()))));
        return Gen.OneOf(leaf, list, map);
    }

    private static Gen<string> Texts() =>
        Gen.OneOf(Gen.Choose(0, 0x7F), Gen.Choose(0x80, 0xD7FF), Gen.Choose(0xE000, 0xFFFF), Gen.Choose(0x10000, 0x10FFFF)).ArrayOf().Select(runes => string.Concat(runes.Take(8).Select(char.ConvertFromUtf32)));

    /// <summary>A property is judged where it stands; what is awaited here is in memory.</summary>
    private static T Sync<T>(Func<Task<T>> act) => act().GetAwaiter().GetResult();
}
