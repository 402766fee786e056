namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>The stretches on which the broker is killed: the columns of the table.</summary>
internal enum Stretch
{
    /// <summary>The first start over an empty database, until it is ready.</summary>
    Start,

    /// <summary>From the ask in chat until somebody could press Approve.</summary>
    Submit,
    Decide,

    /// <summary>A login at the database, with a session left open.</summary>
    Collect,
    Done,
    Expiry,

    /// <summary>A login whose mint was never written down as done, past its deadline.</summary>
    Overdue,

    /// <summary>A token from the collection to its early end.</summary>
    Token,

    /// <summary>More time for a login with a session open, until the target keeps the later end.</summary>
    Extend,

    /// <summary>A login that is taken without asking, until it was told loudly.</summary>
    Emergency,

    /// <summary>The word of somebody else on it.</summary>
    Review,

    /// <summary>Ask, approve and done, heard over sockets.</summary>
    Socket,

    /// <summary>A catalog that ends a live grant.</summary>
    Reload,

    /// <summary>A start at which the signing keys are due for successors.</summary>
    Rotate,
}

/// <summary>One way through stretches that is gone calmly, or with a death on one of them.</summary>
internal interface IStory
{
    /// <summary>In order.</summary>
    IReadOnlyList<Stretch> Way { get; }

    /// <summary>Goes one of them to its end, whatever the broker dies of meanwhile.</summary>
    Task GoAsync(Stretch stretch);

    /// <summary>What must be true of a finished story, by the database, the target and the screens alone.</summary>
    Task HoldsAsync();
}
