using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Tests.Kafka;

/// <summary>SCRAM's arithmetic (RFC 5802 §3), for a fake server and for holders.</summary>
internal static class Scram
{
    public static HashAlgorithmName HashOf(string mechanism) => mechanism.EndsWith("256", StringComparison.Ordinal) ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;

    public static byte[] Salted(string mechanism, string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashOf(mechanism), mechanism.EndsWith("256", StringComparison.Ordinal) ? 32 : 64);

    public static byte[] Mac(string mechanism, byte[] key, string text) => CryptographicOperations.HmacData(HashOf(mechanism), key, Encoding.UTF8.GetBytes(text));

    public static byte[] StoredKey(string mechanism, byte[] salted) => CryptographicOperations.HashData(HashOf(mechanism), Mac(mechanism, salted, "Client Key"));

    public static byte[] ServerKey(string mechanism, byte[] salted) => Mac(mechanism, salted, "Server Key");

    public static string Part(string message, char name) => message.Split(',').First(p => p.StartsWith(name + "=", StringComparison.Ordinal))[2..];

    public static string Unescaped(string user) => user.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);

    /// <summary>A client's second message to a server's first.</summary>
    public static string Final(string mechanism, string password, string clientFirst, string serverFirst)
    {
        var salted = Salted(mechanism, password, Convert.FromBase64String(Part(serverFirst, 's')), int.Parse(Part(serverFirst, 'i'), CultureInfo.InvariantCulture));
        var clientKey = Mac(mechanism, salted, "Client Key");
        var bare = $"c=biws,r={Part(serverFirst, 'r')}";
        var signature = Mac(mechanism, CryptographicOperations.HashData(HashOf(mechanism), clientKey), $"{clientFirst},{serverFirst},{bare}");
        return $"{bare},p={Convert.ToBase64String([.. clientKey.Zip(signature, (a, b) => (byte)(a ^ b))])}";
    }
}
