namespace JitBroker.Storage;

/// <summary>The database is away, full or hopelessly busy. Nothing was changed; the same call may succeed later.</summary>
public sealed class DatabaseUnavailableException(Exception inner)
    : Exception("The database does not answer; nothing was changed. Try again in a moment.", inner);
