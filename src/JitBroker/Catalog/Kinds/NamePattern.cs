namespace JitBroker.Catalog.Kinds;

/// <summary>
/// How far a pattern of RabbitMQ reaches, as far as its text tells. The server looks for a pattern anywhere in a name (PCRE, unanchored), so only anchors hold it. Read is a small language:
/// characters, escapes, classes, dots, groups, alternatives, repetition. What is not in it has a reach that nobody sees.
/// </summary>
public sealed class NamePattern
{
    private NamePattern(IReadOnlyList<NameBranch> branches) => Branches = branches;

    /// <summary>Each way in which a matching name begins.</summary>
    public IReadOnlyList<NameBranch> Branches { get; }

    /// <summary>Some alternative begins with nothing fixed: <c>^.*$</c>, <c>^(a|.*)$</c>, <c>^[a-z]+$</c>.</summary>
    public bool IsWide => Branches.Any(b => b.Start.Length == 0 && b.Rest != NameRest.Nothing);

    /// <summary>Null when it is not anchored, or not in the language.</summary>
    /// <param name="isOpen">It may end without <c>$</c>, as those of routing keys do: what follows is anything then.</param>
    /// <param name="isAnchored">When null: whether anchors are not what lacks.</param>
    public static NamePattern? Read(string pattern, bool isOpen, out bool isAnchored)
    {
        var reader = new NamePatternReader(pattern);
        var branches = reader.Read(isOpen);
        isAnchored = reader.IsAnchored;
        return branches is null ? null : new NamePattern(branches);
    }
}

/// <summary>One way in which a matching name begins.</summary>
/// <param name="Start">The characters it begins with.</param>
/// <param name="Rest">What follows them.</param>
public sealed record NameBranch(string Start, NameRest Rest);

/// <summary>What follows the fixed beginning of a name.</summary>
public enum NameRest
{
    /// <summary>The name ends there.</summary>
    Nothing,

    /// <summary>Whatever there is, or nothing.</summary>
    Anything,

    /// <summary>Something that the pattern restricts in a way of its own.</summary>
    Something,
}
