using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>
/// The client's half of SCRAM (RFC 5802, RFC 7677), without channel binding, which Kafka has not. The password never leaves, and the server must prove that it knows it
/// too. Kafka prepares neither user nor password (no SASLprep): plain UTF-8.
/// </summary>
internal sealed class ScramClient(ScramHash hash, string user, string password, string nonce)
{
    private const int FewestIterations = 4096;

    /// <summary>A hostile server could keep a processor busy with more.</summary>
    private const int MostIterations = 1_000_000;

    private readonly string _first = $"n={Escaped(user)},r={nonce}";
    private byte[] _expected = [];

    public byte[] First() => Encoding.UTF8.GetBytes("n,," + _first);

    /// <summary>The answer to the server's first message.</summary>
    /// <exception cref="WireException">The message is none, or weaker than may be.</exception>
    public byte[] Final(ReadOnlySpan<byte> serverFirst)
    {
        var challenge = TextOf(serverFirst);
        var (both, salt, iterations) = Challenge(challenge);
        var salted = hash.Salted(password, salt, iterations);
        var clientKey = hash.Mac(salted, "Client Key");
        var withoutProof = $"c=biws,r={both}";
        var signed = $"{_first},{challenge},{withoutProof}";
        var proof = hash.Mac(hash.Digest(clientKey), signed);
        for (var i = 0; i < proof.Length; i++)
            proof[i] ^= clientKey[i];
        _expected = hash.Mac(hash.Mac(salted, "Server Key"), signed);
        return Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}");
    }

    /// <summary>Whether the server's last message proves that it knows the password's verifier.</summary>
    public bool Proves(ReadOnlySpan<byte> serverFinal)
    {
        var text = TextOf(serverFinal).Split(',')[0];
        var proof = new byte[64];
        return _expected.Length > 0
            && text.StartsWith("v=", StringComparison.Ordinal)
            && Convert.TryFromBase64String(text[2..], proof, out var length)
            && CryptographicOperations.FixedTimeEquals(proof.AsSpan(0, length), _expected);
    }

    public override string ToString() => "***";

    private (string Nonce, byte[] Salt, int Iterations) Challenge(string text)
    {
        var parts = text.Split(',');
        if (parts.Length < 3 || !parts[0].StartsWith("r=", StringComparison.Ordinal) || !parts[1].StartsWith("s=", StringComparison.Ordinal) || !parts[2].StartsWith("i=", StringComparison.Ordinal))
            throw new WireException("The server's first SCRAM message is none.");
        var salt = new byte[1_024];
        if (!parts[0][2..].StartsWith(nonce, StringComparison.Ordinal) || parts[0].Length == nonce.Length + 2)
            throw new WireException("The server's SCRAM nonce does not begin with ours, or adds nothing to it.");
        if (!Convert.TryFromBase64String(parts[1][2..], salt, out var length) || length == 0)
            throw new WireException("The server's SCRAM salt is none.");
        if (!int.TryParse(parts[2].AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < FewestIterations or > MostIterations)
            throw new WireException("The server's SCRAM iterations are too few or too many.");
        return (parts[0][2..], salt[..length], iterations);
    }

    private static string Escaped(string user) => user.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    private static string TextOf(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
