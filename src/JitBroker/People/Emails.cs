namespace JitBroker.People;

/// <summary>The one way e-mail addresses are compared: trimmed, NFC, lower-cased; no dot or plus folding (contract §3).</summary>
public static class Emails
{
    /// <summary>The canonical form of <paramref name="address"/>; two addresses name the same person iff their canonical forms are equal.</summary>
    public static string Canonical(string address) =>
        Nfc.Of(Nfc.Of(address.Trim()).ToLowerInvariant());
}
