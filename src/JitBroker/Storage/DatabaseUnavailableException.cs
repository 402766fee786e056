namespace JitBroker.Storage;

/// <summary>The database is away, full or hopelessly busy. Nothing was changed and the same call may succeed later, unless it is <see cref="InDoubt"/>.</summary>
public sealed class DatabaseUnavailableException(Exception inner, bool inDoubt = false) : Exception(inDoubt ? Unsaid : Unchanged, inner)
{
    private const string Unchanged = "The database does not answer; nothing was changed. Try again in a moment.";
    private const string Unsaid = "The database went away before it confirmed. It may have been done or not: look first, and try again only if it was not.";

    /// <summary>The connection was lost during the commit: the transaction may stand as a whole, or not at all.</summary>
    public bool InDoubt => inDoubt;
}
