using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// A password and what the server is told of it: <c>base64(salt4 || SHA-256(salt4 || password))</c>, RabbitMQ's <c>rabbit_password_hashing_sha256</c>. 256 random bits
/// cannot be guessed from that.
/// </summary>
internal sealed class PasswordHash
{
    public const string Algorithm = "rabbit_password_hashing_sha256";

    private PasswordHash(string password, string hash) => (Password, Hash) = (password, hash);

    /// <summary>ASCII that needs no escape in a URI.</summary>
    public string Password { get; }

    public string Hash { get; }

    public static PasswordHash New()
    {
        var password = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return new PasswordHash(password, Of(password, RandomNumberGenerator.GetBytes(4)));
    }

    internal static string Of(string password, byte[] salt) => Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);

    public override string ToString() => "***";
}
