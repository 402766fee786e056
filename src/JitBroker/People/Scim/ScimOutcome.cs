namespace JitBroker.People.Scim;

/// <summary>What became of a client's wish.</summary>
public abstract record ScimOutcome<T>
{
    private ScimOutcome()
    {
    }

    /// <param name="Value">As it stands now.</param>
    /// <param name="IsNews">False: it was so already, and nothing was written.</param>
    public sealed record Done(T Value, bool IsNews) : ScimOutcome<T>;

    public sealed record NotFound : ScimOutcome<T>;

    /// <summary>Another one has that name or address (RFC 7644: <c>uniqueness</c>).</summary>
    public sealed record Taken(string What) : ScimOutcome<T>;

    /// <summary>It changed since the client read it.</summary>
    public sealed record Stale : ScimOutcome<T>;

    /// <summary>It cannot be done as asked (RFC 7644's <c>scimType</c>, and a sentence).</summary>
    public sealed record Unfit(string ScimType, string Why) : ScimOutcome<T>;
}

/// <summary>Which clients push people here (<c>Scim:Clients</c>). What a client pushed counts for as long as it is named.</summary>
public sealed record ScimClients(IReadOnlySet<string> Names)
{
    public static ScimClients None { get; } = new(new HashSet<string>());
}
