namespace JitBroker.People;

/// <summary>One human. <paramref name="Email"/> is the canonical address (see <see cref="Emails"/>) and the person's key everywhere.</summary>
public sealed record Person(string Email, string Name);
