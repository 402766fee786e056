namespace JitBroker.Catalog.Testing;

/// <summary>One line of what a catalog is to allow, kept beside it: who asks for what and when, and what is to come of it.</summary>
/// <param name="Line">Where it stands in <paramref name="File"/>.</param>
/// <param name="Who">Canonical e-mail.</param>
/// <param name="For">Null: the entitlement's default.</param>
/// <param name="Reason">Null: it is not what is tested, and any would do.</param>
/// <param name="At">What the clock shows.</param>
/// <param name="After">How long the request has waited: what escalates by then has.</param>
/// <param name="Groups">Who stands in a group in this test, in place of what the catalog says: on call, or pushed by SCIM. Null members: it could not be found out.</param>
/// <param name="Approved">Who has approved.</param>
public sealed record PolicyTest(
    string File,
    int Line,
    string Name,
    string Who,
    string Asks,
    TimeSpan? For,
    string? Reason,
    DateTimeOffset At,
    TimeSpan After,
    IReadOnlyDictionary<string, IReadOnlyList<string>?> Groups,
    IReadOnlyList<string> Approved,
    Expected Expect);

/// <summary>What is to come of it; what is null is not looked at.</summary>
/// <param name="Code">Of the refusal; expects that it is refused.</param>
/// <param name="Auto">Whether a rule approves it by itself.</param>
/// <param name="Approvers">Exactly who may decide now and has not.</param>
/// <param name="Granted">Whether those who approved are enough.</param>
public sealed record Expected(bool? Allowed, string? Code, bool? Auto, IReadOnlyList<string>? Approvers, bool? Granted);

/// <summary>How a test went: it held iff there are no faults.</summary>
public sealed record PolicyTestResult(PolicyTest Test, IReadOnlyList<string> Faults);
