namespace JitBroker.Issuers;

/// <summary>
/// The value behind a reference such as <c>${env:NAME}</c> or <c>${file:PATH}</c>, or null with <paramref name="problem"/> a sentence that holds no secret.
/// </summary>
public delegate string? SecretLookup(string reference, out string problem);
