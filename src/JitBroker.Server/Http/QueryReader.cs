using System.Globalization;

namespace JitBroker.Server.Http;

/// <summary>Reads a list's query, strictly: a filter that is misspelt must not show more than was asked for.</summary>
internal sealed class QueryReader
{
    private const int DefaultLimit = 50;
    private const int MostLimit = 200;

    private readonly IQueryCollection _query;
    private readonly List<(string Field, string Text)> _faults = [];

    public QueryReader(HttpContext context, params string[] known)
    {
        _query = context.Request.Query;
        foreach (var name in _query.Keys.Where(k => !known.Contains(k, StringComparer.Ordinal) && k is not ("cursor" or "limit")))
            _faults.Add((Shown(name), "This list has no such filter."));
    }

    public string? Text(string name)
    {
        var given = _query[name];
        if (given.Count > 1)
            _faults.Add((name, "Give it once."));
        return given.Count == 0 ? null : given[0];
    }

    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false"))
            _faults.Add((name, "This is true or false."));
        return text == "true";
    }

    public T? Word<T>(string name, Func<string, T?> parse, string words)
        where T : struct
    {
        if (Text(name) is not { } text)
            return null;
        var word = parse(text);
        if (word is null)
            _faults.Add((name, $"This is one of {words}."));
        return word;
    }

    public int Limit()
    {
        if (Text("limit") is not { } text)
            return DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostLimit)
            return limit;
        _faults.Add(("limit", string.Create(CultureInfo.InvariantCulture, $"This is a whole number from 1 to {MostLimit}.")));
        return DefaultLimit;
    }

    /// <param name="list">The list and its filters; see <see cref="Cursors"/>.</param>
    public string? Cursor(string list, Func<string, bool> isKey)
    {
        if (Text("cursor") is not { } cursor)
            return null;
        if (Cursors.Read(list, cursor) is { } last && isKey(last))
            return last;
        _faults.Add(("cursor", "This is no cursor of this list. Take it from next, with the same filters."));
        return null;
    }

    public void Fault(string field, string text) => _faults.Add((field, text));

    /// <exception cref="ProblemException">400, with everything that is wrong.</exception>
    public void Close()
    {
        if (_faults.Count > 0)
            throw new ProblemException(Problems.Invalid("The query cannot be read: " + string.Join(" ", _faults.Select(f => $"{f.Field}: {f.Text}"))) with { Errors = Problems.Errors([.. _faults]) });
    }

    private static string Shown(string name) => name.Length <= 40 ? name : name[..40] + "…";
}
