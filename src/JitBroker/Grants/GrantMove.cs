namespace JitBroker.Grants;

/// <summary>A grant as this transaction has locked it, and as it is to be, by one legal step or several.</summary>
internal sealed record GrantMove
{
    /// <exception cref="InvalidOperationException"><see cref="GrantLifecycle"/> does not allow it: a bug.</exception>
    public GrantMove(Grant before, Grant after)
        : this(before, before, after)
    {
    }

    private GrantMove(Grant before, Grant from, Grant to)
    {
        if (!GrantLifecycle.Allows(GrantLifecycle.Parse(from.State)!.Value, GrantLifecycle.Parse(to.State)!.Value))
            throw new InvalidOperationException($"Grant {from.Id} cannot go from {from.State} to {to.State}.");
        (Before, After) = (before, to);
    }

    public Grant Before { get; }

    public Grant After { get; }

    /// <inheritdoc cref="GrantMove(Grant, Grant)"/>
    public GrantMove Then(Grant after) => new(Before, After, after);
}
