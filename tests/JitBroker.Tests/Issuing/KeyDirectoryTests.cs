using System.Runtime.Versioning;
using System.Security.Cryptography;
using JitBroker.Issuers.Jwt;

namespace JitBroker.Tests.Issuing;

/// <summary>Private keys on disk: their rights, their making, and what is refused.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _root = Directory.CreateTempSubdirectory("jit-keys-").FullName;
    private readonly SteppedClock _clock = new(DateTimeOffset.UnixEpoch);

    private string Keys => Path.Combine(_root, "keys");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task New_keys_are_their_owners_alone()
    {
        await LoadAsync();

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(Keys));
        Assert.Equal(["ES256-1.pem", "RS256-1.pem"], Files());
        Assert.All(Directory.GetFiles(Keys, "*", new EnumerationOptions { AttributesToSkip = FileAttributes.None }), f => Assert.Equal(OwnerOnly, File.GetUnixFileMode(f)));
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", await File.ReadAllTextAsync(Path.Combine(Keys, "ES256-1.pem"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_next_start_finds_the_same_keys()
    {
        var first = await LoadAsync();
        var second = await LoadAsync();

        Assert.Equal(first.Select(k => k.KeyId), second.Select(k => k.KeyId));
    }

    [Fact]
    public async Task Processes_that_share_a_directory_agree_on_one_set()
    {
        var sets = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(LoadAsync, Token)));

        Assert.Single(sets.Select(s => string.Join(' ', s.Select(k => k.KeyId))).Distinct(StringComparer.Ordinal));
        Assert.Equal(["ES256-1.pem", "RS256-1.pem"], Files());
    }

    [Fact]
    public async Task A_start_that_was_killed_while_writing_leaves_nothing_in_the_way()
    {
        await ReadyKeys.CopyToAsync(Keys);
        File.Delete(Path.Combine(Keys, "ES256-1.pem"));
        await File.WriteAllTextAsync(Path.Combine(Keys, ".ES256.new"), "-----BEGIN PRIV", Token);

        Assert.Equal(2, (await LoadAsync()).Count);
        Assert.False(File.Exists(Path.Combine(Keys, ".ES256.new")));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    public async Task A_key_that_others_may_touch_stops_the_start_with_the_remedy(UnixFileMode wider)
    {
        await ReadyKeys.CopyToAsync(Keys);
        var file = Path.Combine(Keys, "RS256-1.pem");
        File.SetUnixFileMode(file, OwnerOnly | wider);

        var refusal = await Assert.ThrowsAsync<SigningKeysException>(LoadAsync);

        Assert.Contains($"chmod 600 {file}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_others_may_enter_stops_the_start_with_the_remedy()
    {
        await ReadyKeys.CopyToAsync(Keys);
        File.SetUnixFileMode(Keys, OwnerOnly | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);

        var refusal = await Assert.ThrowsAsync<SigningKeysException>(LoadAsync);

        Assert.Contains($"chmod 700 {Keys}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("0705", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_key_stops_the_start_and_is_not_quoted()
    {
        await ReadyKeys.CopyToAsync(Keys);
        foreach (var garbage in (string[])["", "half-a-secret", "-----BEGIN PRIVATE KEY-----\nhalf-a-secret\n-----END PRIVATE KEY-----\n"])
        {
            await File.WriteAllTextAsync(Path.Combine(Keys, "RS256-1.pem"), garbage, Token);

            var refusal = await Assert.ThrowsAsync<SigningKeysException>(LoadAsync);

            Assert.DoesNotContain("half-a-secret", refusal.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_weak_or_foreign_key_stops_the_start()
    {
        using var weak = RSA.Create(1024);
        using var otherCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var foreign = new Dictionary<string, AsymmetricAlgorithm>(StringComparer.Ordinal)
        {
            ["RS256-1.pem"] = weak,
            ["ES256-1.pem"] = otherCurve,
            ["ES256-2.pem"] = weak,
            ["server.pem"] = otherCurve,
        };
        foreach (var (name, key) in foreign)
        {
            Directory.Delete(_root, recursive: true);
            await ReadyKeys.CopyToAsync(Keys);
            await File.WriteAllTextAsync(Path.Combine(Keys, name), key.ExportPkcs8PrivateKeyPem(), Token);
            File.SetUnixFileMode(Path.Combine(Keys, name), OwnerOnly);

            var refusal = await Assert.ThrowsAsync<SigningKeysException>(LoadAsync);
            Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_directory_that_cannot_be_made_stops_the_start_with_a_sentence()
    {
        await File.WriteAllTextAsync(Keys, "a file", Token);

        var refusal = await Assert.ThrowsAsync<SigningKeysException>(LoadAsync);

        Assert.Contains("Signing:KeysDirectory", refusal.Message, StringComparison.Ordinal);
    }

    private Task<IReadOnlyList<SigningKey>> LoadAsync() => new KeyDirectory(Keys, _clock).LoadAsync(Token);

    private IEnumerable<string?> Files() => Directory.GetFiles(Keys, "*.pem").Select(Path.GetFileName).Order(StringComparer.Ordinal);
}
