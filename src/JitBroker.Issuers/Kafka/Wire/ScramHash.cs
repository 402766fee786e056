using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>One of the two hashes that Kafka has SCRAM with.</summary>
/// <param name="Number">As the admin calls number it.</param>
internal sealed record ScramHash(string Mechanism, sbyte Number, HashAlgorithmName Algorithm, int Size)
{
    public static ScramHash Sha256 { get; } = new("SCRAM-SHA-256", 1, HashAlgorithmName.SHA256, 32);

    public static ScramHash Sha512 { get; } = new("SCRAM-SHA-512", 2, HashAlgorithmName.SHA512, 64);

    /// <summary>Null for a mechanism that is no SCRAM of Kafka's.</summary>
    public static ScramHash? Of(string? mechanism) => mechanism == Sha512.Mechanism ? Sha512 : mechanism == Sha256.Mechanism ? Sha256 : null;

    /// <summary>What a password is stretched to: whoever has it can log in as its user.</summary>
    public byte[] Salted(string password, byte[] salt, int iterations) => Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, Algorithm, Size);

    public byte[] Mac(byte[] key, string text) => CryptographicOperations.HmacData(Algorithm, key, Encoding.UTF8.GetBytes(text));

    public byte[] Digest(byte[] bytes) => CryptographicOperations.HashData(Algorithm, bytes);
}
