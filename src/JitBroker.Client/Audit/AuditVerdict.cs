using System.Globalization;

namespace JitBroker.Client;

/// <summary>What came of verifying an export.</summary>
/// <param name="FirstBad">Null when it holds. Otherwise the first sequence number that is not proven: everything before it is.</param>
/// <param name="Reason">Null when it holds; one of <see cref="AuditFaults"/>.</param>
/// <param name="Events">Events that were proven.</param>
/// <param name="First">The first of them; 0 when there is none.</param>
/// <param name="Last">The last of them, or the predecessor when there is none.</param>
/// <param name="Checkpoint">The last checkpoint that the chain was found to meet; null when there was none to compare with.</param>
/// <param name="Detail">What is wrong, in a sentence; null when nothing is.</param>
public sealed record AuditVerdict(long? FirstBad, string? Reason, long Events, long First, long Last, long? Checkpoint, string? Detail)
{
    /// <summary>Whether every event is what was sealed, and none is missing as far as the file and the checkpoints reach.</summary>
    public bool Ok => Reason is null;

    /// <summary>As <c>jit audit verify</c> prints it.</summary>
    public string ToJson() => Reason is null
        ? string.Create(CultureInfo.InvariantCulture, $$"""{"ok":true,"events":{{Events}},"first":{{First}},"last":{{Last}},"checkpoint":{{(Checkpoint is { } met ? met.ToString(CultureInfo.InvariantCulture) : "null")}}}""")
        : string.Create(CultureInfo.InvariantCulture, $$"""{"ok":false,"firstBad":{{FirstBad}},"reason":"{{Reason}}"}""");
}

/// <summary>The ways in which an audit can be found wanting.</summary>
public static class AuditFaults
{
    /// <summary>An event is not what was sealed, or another stands in its place.</summary>
    public const string Hash = "hash";

    /// <summary>An event is missing.</summary>
    public const string Gap = "gap";

    /// <summary>Events stand in another order, or one stands there twice.</summary>
    public const string Order = "order";

    /// <summary>The end is missing.</summary>
    public const string Truncated = "truncated";

    /// <summary>A checkpoint is not signed by a key of the broker's.</summary>
    public const string Signature = "signature";
}
