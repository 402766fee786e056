using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.Tests.Catalog;

public sealed class SecretsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jit-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private SecretResolver Resolver => new(name => name == "PW" ? "p;w" : null, _folder);

    [Fact]
    public void A_secret_shows_itself_to_nobody_by_accident()
    {
        var secret = new Secret("hush");

        Assert.Equal("***", secret.ToString());
        Assert.Equal("***", $"{secret}");
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(secret));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new { secret }));
        Assert.Equal("hush", secret.Reveal());
    }

    [Fact]
    public void References_are_followed_wherever_they_stand_in_the_text()
    {
        File.WriteAllText(Path.Combine(_folder, "pw"), "from file\n");

        Assert.Equal("p;w", Resolver.Resolve("${env:PW}").Secret?.Reveal());
        Assert.Equal("from file", Resolver.Resolve("${file:pw}").Secret?.Reveal());
        Assert.Equal("a=p;w;b=from file", Resolver.Resolve("a=${env:PW};b=${file:pw}").Secret?.Reveal());
        Assert.Equal("plain", Resolver.Resolve("plain").Secret?.Reveal());
    }

    [Fact]
    public void A_changed_file_is_seen_at_once()
    {
        var path = Path.Combine(_folder, "pw");
        File.WriteAllText(path, "old");
        var resolver = Resolver;
        Assert.Equal("old", resolver.Resolve("${file:pw}").Secret?.Reveal());
        File.WriteAllText(path, "new");

        Assert.Equal("new", resolver.Resolve("${file:pw}").Secret?.Reveal());
    }

    [Theory]
    [InlineData("${env:NOPE}", "The environment variable NOPE is not set.")]
    [InlineData("${file:nope}", "The file nope does not exist.")]
    [InlineData("${vault:x}", "only ${env:NAME} and ${file:PATH} are known")]
    [InlineData("${env:}", "only ${env:NAME} and ${file:PATH} are known")]
    [InlineData("${env:PW", "only ${env:NAME} and ${file:PATH} are known")]
    [InlineData("${file:.}", "does not exist")]
    public void What_leads_nowhere_is_told_by_its_name(string text, string expected)
    {
        var (secret, problem) = Resolver.Resolve(text);

        Assert.Null(secret);
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_references_make_a_text_wholly_a_reference()
    {
        Assert.True(SecretReferences.IsWholly("${env:A}"));
        Assert.True(SecretReferences.IsWholly("${env:A}${file:/b}"));
        Assert.False(SecretReferences.IsWholly("${env:A}x"));
        Assert.False(SecretReferences.IsWholly("x"));
        Assert.False(SecretReferences.IsWholly(""));
    }
}
