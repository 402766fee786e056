namespace JitBroker.Client;

/// <summary>One human. <paramref name="Email"/> is canonical: trimmed, NFC, lower case.</summary>
public sealed record PersonResource(string Email, string Name);

/// <summary>One page of a list. <paramref name="Next"/> is the cursor of the following page, or null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
