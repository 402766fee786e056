using System.Security.Cryptography.X509Certificates;

namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>How the broker's own user gets in, everywhere in one cluster.</summary>
/// <param name="IsTls">With the server's certificate and name verified. There is no way to switch that off.</param>
/// <param name="Authorities">PEM of the certificates that are trusted; null for those of the machine.</param>
/// <param name="Mechanism"><c>SCRAM-SHA-512</c> or <c>SCRAM-SHA-256</c>.</param>
internal sealed record WayIn(bool IsTls, string? Authorities, string Mechanism, string User, string Password)
{
    public override string ToString() => "***";

    /// <exception cref="WayInException">The certificates cannot be read.</exception>
    public X509Certificate2Collection? ReadAuthorities()
    {
        if (Authorities is null)
            return null;
        var read = new X509Certificate2Collection();
        try
        {
            read.ImportFromPem(Authorities);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            throw new WayInException("The certificates behind ca cannot be read: PEM is needed.");
        }

        return read.Count > 0 ? read : throw new WayInException("Behind ca stands no certificate: PEM is needed.");
    }
}

/// <summary>The broker does not get in, and trying again as it is will not help. A sentence that holds no secret.</summary>
internal sealed class WayInException(string message) : Exception(message);
