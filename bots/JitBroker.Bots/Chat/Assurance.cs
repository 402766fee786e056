namespace JitBroker.Bots.Chat;

/// <summary>How sure one must be of an account.</summary>
internal enum Assurance
{
    /// <summary>What is known in memory; nobody is asked.</summary>
    Known,

    /// <summary>The chat service is asked; if it does not answer, the proven delivery is enough.</summary>
    Asked,

    /// <summary>The chat service must have said within the last minute that the account is in order: for whatever decides (fail closed).</summary>
    Certain,
}
