namespace JitBroker.Catalog.Kinds;

/// <summary>Reads one pattern by recursive descent, giving up at the first thing it does not know.</summary>
internal sealed class NamePatternReader(string text)
{
    private const int MostBranches = 64;
    private const int Deepest = 10;

    private static readonly List<NameBranch> Empty = [new("", NameRest.Nothing)];
    private static readonly List<NameBranch> OneOfSome = [new("", NameRest.Something)];

    private int _at;
    private int _depth;
    private bool _isLost;

    public bool IsAnchored { get; private set; }

    private char Next => _at < text.Length ? text[_at] : '\0';

    /// <summary>Null when it is not anchored or holds something unknown.</summary>
    public List<NameBranch>? Read(bool isOpen)
    {
        if (!Take('^'))
            return null;
        var branches = Sequence();
        var isClosed = Take('$');
        // A bar out here, as in ^a|b$, would take the anchors apart.
        IsAnchored = Next != '|' && (isClosed || isOpen || _at < text.Length);
        if (_isLost || _at < text.Length || !(isClosed || isOpen))
            return null;
        return isClosed ? branches : [.. branches.Select(b => b with { Rest = b.Rest == NameRest.Something ? b.Rest : NameRest.Anything })];
    }

    private List<NameBranch> Sequence()
    {
        var read = Empty;
        while (!_isLost && Next is not ('\0' or '|' or ')' or '$'))
            read = Joined(read, Item());
        return read;
    }

    private List<NameBranch> Joined(List<NameBranch> before, List<NameBranch> after)
    {
        List<NameBranch> joined = [];
        foreach (var one in before)
            joined.AddRange(one.Rest == NameRest.Nothing ? after.Select(b => new NameBranch(one.Start + b.Start, b.Rest)) : [one with { Rest = NameRest.Something }]);
        _isLost |= joined.Count > MostBranches;
        return joined;
    }

    private List<NameBranch> Item()
    {
        var isDot = Next == '.';
        var atom = Atom();
        switch (Next)
        {
            case '?':
                _at++;
                return [.. Empty, .. atom];
            case '*':
                _at++;
                return isDot ? [new("", NameRest.Anything)] : OneOfSome;
            case '+':
                _at++;
                return [.. atom.Select(b => b with { Rest = NameRest.Something })];
            case '{':
                Count();
                return OneOfSome;
            default:
                return atom;
        }
    }

    private List<NameBranch> Atom()
    {
        var c = Next;
        _at++;
        return c switch
        {
            '(' => Group(),
            '[' => Class(),
            '.' => OneOfSome,
            '\\' => Escape(),
            '^' or '*' or '+' or '?' or '{' or '}' or ']' => Lost(),
            _ => [new(c.ToString(), NameRest.Nothing)],
        };
    }

    private List<NameBranch> Group()
    {
        if (Next == '?' && !(Take('?') && Take(':')))
            return Lost();
        if (++_depth > Deepest)
            return Lost();
        List<NameBranch> all = [.. Sequence()];
        while (Take('|'))
            all.AddRange(Sequence());
        _depth--;
        _isLost |= all.Count > MostBranches;
        return Take(')') ? all : Lost();
    }

    private List<NameBranch> Class()
    {
        Take('^');
        for (var isFirst = true; Next != ']' || isFirst; isFirst = false)
        {
            // A bracket within would be a POSIX class, whose members depend on the server.
            if (Next is '\0' or '[')
                return Lost();
            _at += Next == '\\' ? 2 : 1;
        }

        _at++;
        return OneOfSome;
    }

    private List<NameBranch> Escape()
    {
        var c = Next;
        _at++;
        if (c is 'd' or 'w')
            return OneOfSome;
        return c == '\0' || char.IsLetterOrDigit(c) ? Lost() : [new(c.ToString(), NameRest.Nothing)];
    }

    private void Count()
    {
        _at++;
        while (char.IsAsciiDigit(Next) || Next == ',')
            _at++;
        _isLost |= !Take('}');
    }

    private bool Take(char c)
    {
        if (_at >= text.Length || text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private List<NameBranch> Lost()
    {
        _isLost = true;
        return Empty;
    }
}
