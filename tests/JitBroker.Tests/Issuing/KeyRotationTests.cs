using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuers.Jwt;
using JitBroker.Storage;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Issuing;

/// <summary>Keys come, ripen, are superseded and go; nothing that is valid is ever without its key.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(30);
    private static readonly TimeSpan Ripening = SigningKeys.JwksMaxAge + SigningKeys.JwksStaleness;

    private readonly string _folder = Directory.CreateTempSubdirectory("jit-rotate-").FullName;
    private readonly SteppedClock _clock = new(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero));
    private readonly CapturedLog _log = new();
    private readonly List<SigningKeys> _rings = [];
    private Databases? _databases;

    public static TheoryData<Engine> Engines => Databases.Engines;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Database Database => _databases!.Database;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _rings.ForEach(r => r.Dispose());
        if (_databases is not null)
            await _databases.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_successor_is_published_ripens_signs_and_its_predecessor_goes_when_nothing_it_signed_is_valid(Engine engine)
    {
        var ring = await FirstAsync(engine);
        var old = Signer(ring);
        _clock.Advance(Month - TimeSpan.FromMicroseconds(1));
        await ring.RotateAsync(Token);
        Assert.Equal(["ES256-1.pem", "RS256-1.pem"], Files("one"));

        _clock.Advance(TimeSpan.FromMicroseconds(1));
        await ring.RotateAsync(Token);
        Assert.Equal(["ES256-1.pem", "ES256-2.pem", "RS256-1.pem", "RS256-2.pem"], Files("one"));
        Assert.Equal(4, (await ServedAsync(ring)).Count);
        _clock.Advance(Ripening - TimeSpan.FromMicroseconds(1));
        Assert.Equal(old, Signer(ring));
        _clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.NotEqual(old, Signer(ring));

        _clock.Advance(KeyLife.Longest - TimeSpan.FromMicroseconds(1));
        await ring.RotateAsync(Token);
        Assert.Contains(old, await ServedAsync(ring));
        _clock.Advance(TimeSpan.FromMicroseconds(1));
        Assert.DoesNotContain(old, await ServedAsync(ring));
        await ring.RotateAsync(Token);

        Assert.Equal(["ES256-2.pem", "RS256-2.pem"], Files("one"));
        Assert.Contains(old, KeyIds((await new Discovery(ring, Options("one")).AuditKeysAsync(Token))!));
        Assert.Equal(["signing_key.published", "signing_key.superseded"], await EventsAsync(old));
        Assert.Null(ring.WhyNotReady());
    }

    [Fact]
    public async Task Running_it_again_and_again_changes_nothing()
    {
        var ring = await FirstAsync(Engine.Sqlite);
        _clock.Advance(Month);
        for (var i = 0; i < 5; i++)
            await ring.RotateAsync(Token);

        Assert.Equal(4, Files("one").Count);
        Assert.Equal(6, (await Database.ReadAsync(s => s.QueryAsync<string>("select id from events", null, Token), Token)).Count);
    }

    [Fact]
    public async Task A_key_that_a_crash_left_unpublished_is_the_successor_and_one_that_it_left_undeleted_goes()
    {
        var ring = await FirstAsync(Engine.Sqlite);
        var old = Signer(ring);
        _clock.Advance(Month);
        // Died after the file was made, before its public half was.
        var made = await new KeyDirectory(Path.Combine(_folder, "one"), _clock).AddAsync(["RS256", "ES256"], (await ServedAsync(ring)).ToHashSet(StringComparer.Ordinal), Token);
        Assert.Equal(4, made.Count);

        var second = Ring("one");
        await second.LoadAsync(Token);
        Assert.Equal(4, Files("one").Count);
        Assert.Equal(old, Signer(second));
        _clock.Advance(Ripening);
        Assert.NotEqual(old, Signer(second));

        // Died when the predecessor was over, before its file was deleted.
        _clock.Advance(KeyLife.Longest);
        var third = Ring("one");
        await third.LoadAsync(Token);
        Assert.Equal(["ES256-2.pem", "RS256-2.pem"], Files("one"));
        Assert.Null(third.WhyNotReady());
    }

    [Fact]
    public async Task Processes_that_share_a_directory_rotate_together()
    {
        var one = await FirstAsync(Engine.Sqlite);
        var other = Ring("one");
        await other.LoadAsync(Token);
        _clock.Advance(Month);

        await Task.WhenAll(Task.Run(() => one.RotateAsync(Token), Token), Task.Run(() => other.RotateAsync(Token), Token));
        await one.RotateAsync(Token);
        await other.RotateAsync(Token);
        _clock.Advance(Ripening);

        Assert.Equal(4, Files("one").Count);
        Assert.Equal(Signer(one), Signer(other));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Each_replica_signs_with_its_own_and_serves_what_all_of_them_sign_with(Engine engine)
    {
        var one = await FirstAsync(engine);
        await ReadyKeys.CopyToAsync(Path.Combine(_folder, "two"));
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "two")))
            File.Delete(file);
        var two = Ring("two");
        await two.LoadAsync(Token);
        _clock.Advance(Month);

        foreach (var step in new[] { TimeSpan.Zero, Ripening, KeyLife.Longest, TimeSpan.FromDays(1) })
        {
            await one.RotateAsync(Token);
            _clock.Advance(step);
            await two.RotateAsync(Token);
            _clock.Advance(SigningKeys.JwksStaleness);
            foreach (var signer in new[] { one, two }.Where(r => r.WhyNotReady() is null).Select(Signer))
            {
                Assert.Contains(signer, await ServedAsync(one));
                Assert.Contains(signer, await ServedAsync(two));
            }
        }

        Assert.NotEqual(Signer(one), Signer(two));
    }

    [Fact]
    public async Task The_keys_of_a_replica_that_never_comes_back_leave_by_themselves()
    {
        var dead = await FirstAsync(Engine.Sqlite);
        var (kept, gone) = (Ring("two"), Signer(dead));
        await ReadyKeys.CopyToAsync(Path.Combine(_folder, "two"));
        foreach (var file in Directory.GetFiles(Path.Combine(_folder, "two")))
            File.Delete(file);
        await kept.LoadAsync(Token);

        _clock.Advance((Month * 1.5) + KeyLife.Longest);
        await kept.RotateAsync(Token);

        Assert.DoesNotContain(gone, await ServedAsync(kept));
    }

    [Fact]
    public async Task A_replica_that_was_away_for_longer_than_its_keys_live_makes_new_ones_and_is_not_ready_until_they_are_ripe()
    {
        await FirstAsync(Engine.Sqlite);
        _clock.Advance(Month * 3);

        var back = Ring("one");
        await back.LoadAsync(Token);

        Assert.Equal(["ES256-2.pem", "RS256-2.pem"], Files("one"));
        Assert.Contains("signs from", back.WhyNotReady(), StringComparison.Ordinal);
        _clock.Advance(Ripening);
        Assert.Null(back.WhyNotReady());
    }

    [Fact]
    public void Too_short_a_life_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new JwtOptions("https://jit.example", _folder, TimeSpan.FromMinutes(59)));

    private async Task<SigningKeys> FirstAsync(Engine engine)
    {
        _databases = await Databases.NewAsync(engine);
        await ReadyKeys.CopyToAsync(Path.Combine(_folder, "one"));
        var ring = Ring("one");
        await ring.LoadAsync(Token);
        return ring;
    }

    private SigningKeys Ring(string directory)
    {
        var ring = new SigningKeys(new SigningKeyStore(Database, new EventStore()), Options(directory), _clock, new Logger<SigningKeys>(_log));
        _rings.Add(ring);
        return ring;
    }

    private JwtOptions Options(string directory) => new("https://jit.example", Path.Combine(_folder, directory), Month);

    private string Signer(SigningKeys ring)
    {
        Assert.True(ring.TrySigner("RS256", _clock.GetUtcNow(), out var key, out var why), why);
        return key.KeyId;
    }

    private async Task<IReadOnlyList<string>> ServedAsync(SigningKeys ring) => KeyIds((await new Discovery(ring, Options("one")).JwksAsync(Token))!);

    private static IReadOnlyList<string> KeyIds(JsonObject jwks) => [.. jwks["keys"]!.AsArray().Select(k => k!["kid"]!.GetValue<string>())];

    private List<string?> Files(string directory) => [.. Directory.GetFiles(Path.Combine(_folder, directory), "*.pem").Select(Path.GetFileName).Order(StringComparer.Ordinal)];

    private Task<IReadOnlyList<string>> EventsAsync(string kid) =>
        Database.ReadAsync(s => s.QueryAsync<string>("select type from events where aggregate_id = @kid order by version", new { kid }, Token), Token);
}
