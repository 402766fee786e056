using System.Security.Cryptography.X509Certificates;

namespace JitBroker.Bots.Teams;

/// <summary>The certificate by which the app proves itself: one PEM file with certificate and private key, or a PFX file without a password.</summary>
public static class TeamsCertificate
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">It is neither of the two.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static X509Certificate2 Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (!bytes.AsSpan().StartsWith("-----BEGIN"u8) && !bytes.AsSpan().StartsWith("Bag Attributes"u8))
            return X509CertificateLoader.LoadPkcs12(bytes, password: null);
        var pem = System.Text.Encoding.ASCII.GetString(bytes);
        return pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal) ? X509Certificate2.CreateFromPem(pem, pem) : X509Certificate2.CreateFromPem(pem);
    }
}
