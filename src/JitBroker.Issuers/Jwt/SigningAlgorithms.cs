namespace JitBroker.Issuers.Jwt;

/// <summary>The JWS algorithms we sign with (RFC 7518 §3.1). Each replica keeps a key for each, so that a catalog change never has to wait for one to ripen.</summary>
public static class SigningAlgorithms
{
    /// <summary>RSASSA-PKCS1-v1_5 with SHA-256: every verifier takes it.</summary>
    public const string Rs256 = "RS256";

    /// <summary>ECDSA on P-256 with SHA-256: small and fast.</summary>
    public const string Es256 = "ES256";

    public static IReadOnlyList<string> All { get; } = [Rs256, Es256];
}
