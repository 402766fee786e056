using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// A password and what the server is told of it. The server, its log and its replicas see the verifier only (RFC 5802 §3, PostgreSQL's form of it);
/// 256 random bits cannot be guessed from that.
/// </summary>
internal sealed class ScramVerifier
{
    // PostgreSQL's own default; more makes each login slower and a random password no safer.
    private const int Iterations = 4096;

    private ScramVerifier(string password, string verifier) => (Password, Verifier) = (password, verifier);

    /// <summary>ASCII, so that SASLprep leaves it alone.</summary>
    public string Password { get; }

    /// <summary>For <c>password '…'</c>: the server takes it as it is.</summary>
    public string Verifier { get; }

    public static ScramVerifier New()
    {
        var password = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return new ScramVerifier(password, Of(password, RandomNumberGenerator.GetBytes(16)));
    }

    internal static string Of(string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}");
    }

    public override string ToString() => "***";
}
