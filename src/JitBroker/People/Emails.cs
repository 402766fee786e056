using System.Text.RegularExpressions;

namespace JitBroker.People;

/// <summary>The one way e-mail addresses are compared: trimmed, NFC, lower-cased; no dot or plus folding (contract §3).</summary>
public static partial class Emails
{
    /// <summary>The canonical form of <paramref name="address"/>; two addresses name the same person iff their canonical forms are equal.</summary>
    public static string Canonical(string address) =>
        Nfc.Of(Nfc.Of(address.Trim()).ToLowerInvariant());

    /// <summary>Whether a canonical form has the shape of an address.</summary>
    public static bool IsAddress(string canonical) => canonical.Length <= 254 && Shape().IsMatch(canonical);

    [GeneratedRegex(@"\A[^@\s<>,;:""'()\[\]\\|&*`/]+@[^@\s<>,;:""'()\[\]\\|&*`/_]+\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Shape();
}
