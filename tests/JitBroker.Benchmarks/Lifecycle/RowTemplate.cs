using System.Text.RegularExpressions;

namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>
/// A recorded value with its ids and its asker taken out, so that each replay writes rows of its own. Rendering costs next to nothing: the yardstick is
/// to be as fast as it can.
/// </summary>
internal sealed partial class ValueTemplate
{
    private readonly object? _constant;
    private readonly List<Func<Replay, string>> _parts = [];

    /// <param name="value">As recorded.</param>
    /// <param name="ids">Every id seen so far; a new one takes the next place.</param>
    /// <param name="asker">E-mail of the recorded asker.</param>
    public ValueTemplate(object? value, List<string> ids, string asker)
    {
        _constant = value;
        if (value is string text)
            Cut(text, ids, asker);
    }

    public object Render(Replay replay) => _parts.Count switch
    {
        0 => _constant ?? DBNull.Value,
        1 => _parts[0](replay),
        _ => string.Concat(_parts.Select(p => p(replay))),
    };

    private void Cut(string text, List<string> ids, string asker)
    {
        var from = 0;
        foreach (var found in Ulid().EnumerateMatches(text))
        {
            AddAsker(text[from..found.Index], asker);
            from = found.Index + found.Length;
            AddId(text[found.Index..from], ids);
        }

        if (from > 0 || text.Contains(asker, StringComparison.Ordinal))
            AddAsker(text[from..], asker);
    }

    private void AddAsker(string text, string asker)
    {
        var pieces = text.Split(asker);
        for (var i = 0; i < pieces.Length; i++)
        {
            var piece = pieces[i];
            if (i > 0)
                _parts.Add(static replay => replay.Asker);
            if (piece.Length > 0)
                _parts.Add(_ => piece);
        }
    }

    private void AddId(string id, List<string> ids)
    {
        var place = ids.IndexOf(id.ToUpperInvariant());
        if (place < 0)
        {
            place = ids.Count;
            ids.Add(id.ToUpperInvariant());
        }

        if (char.IsAsciiLetterUpper(id.First(char.IsAsciiLetter)))
            _parts.Add(replay => replay.Ids[place]);
        else
            _parts.Add(replay => replay.Ids[place].ToLowerInvariant());
    }

    [GeneratedRegex("[0-7]([0-9A-HJKMNP-TV-Z]{25}|[0-9a-hjkmnp-tv-z]{25})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Ulid();
}

/// <summary>What one replay puts where the recording had ids and an asker.</summary>
internal sealed record Replay(string[] Ids, string Asker);
