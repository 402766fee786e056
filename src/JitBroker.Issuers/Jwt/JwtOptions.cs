namespace JitBroker.Issuers.Jwt;

/// <summary>What the <c>jwt</c> issuer needs of the settings.</summary>
public sealed class JwtOptions
{
    /// <param name="publicUrl"><c>Broker:PublicUrl</c>: the <c>iss</c> of every token, without a slash at its end.</param>
    /// <param name="keysDirectory"><c>Signing:KeysDirectory</c>: this replica's private keys. Replicas on one machine may share it.</param>
    /// <param name="rotateEvery"><c>Signing:RotateEvery</c>; null: 30 days. At least <see cref="KeyLife.Shortest"/>.</param>
    public JwtOptions(string publicUrl, string keysDirectory, TimeSpan? rotateEvery = null)
    {
        Life = new KeyLife(rotateEvery ?? TimeSpan.FromDays(30));
        PublicUrl = publicUrl.TrimEnd('/');
        KeysDirectory = Path.GetFullPath(keysDirectory);
    }

    public string PublicUrl { get; }

    /// <summary>How long a key signs and is served.</summary>
    internal KeyLife Life { get; }

    /// <summary>Absolute.</summary>
    public string KeysDirectory { get; }
}
