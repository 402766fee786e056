namespace JitBroker.Catalog.Reloading;

/// <summary>How this replica stands to its own catalog file and to the catalog in force. For readiness and for admins; told apart by replica.</summary>
public sealed class CatalogStanding
{
    private volatile FileStanding _file = new FileStanding.InForce();
    private volatile string? _cannotFollow;

    public FileStanding File
    {
        get => _file;
        internal set => _file = value;
    }

    /// <summary>Null, or why this replica cannot take over the catalog in force: it must not serve then.</summary>
    public string? CannotFollow
    {
        get => _cannotFollow;
        internal set => _cannotFollow = value;
    }

    /// <summary>A sentence when the file is not what is in force, else null. Names no one and nothing in the file: anybody may read it.</summary>
    public string? Remark => File switch
    {
        FileStanding.Broken broken => $"This replica's catalog file is not taken over, for {Count(broken.Problems.Count, "problem")}: the log names {(broken.Problems.Count == 1 ? "it" : "them")}, and so does jit catalog accept without a hash.",
        FileStanding.Held held => $"This replica's catalog file ({Short(held.Hash)}) waits for an admin, who runs jit catalog accept {Short(held.Hash)}: it would end or drop a lot.",
        FileStanding.Earlier earlier => $"This replica's catalog file ({Short(earlier.Hash)}) is an earlier one than the catalog in force; an admin may go back to it by jit catalog accept {Short(earlier.Hash)}.",
        _ => null,
    };

    internal static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;

    internal static string Count(int count, string what) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}

/// <summary>What this replica's catalog file is to the catalog in force. Closed.</summary>
public abstract record FileStanding
{
    private FileStanding()
    {
    }

    /// <summary>The same.</summary>
    public sealed record InForce : FileStanding;

    /// <summary>It may not come into force.</summary>
    public sealed record Broken(IReadOnlyList<CatalogProblem> Problems) : FileStanding;

    /// <summary>The brake holds it until an admin accepts it.</summary>
    public sealed record Held(string Hash) : FileStanding;

    /// <summary>It was in force once and this replica had not followed: it is taken for late, not for a wish to go back.</summary>
    public sealed record Earlier(string Hash) : FileStanding;
}
