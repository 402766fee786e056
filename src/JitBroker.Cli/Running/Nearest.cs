namespace JitBroker.Cli.Running;

/// <summary>The word that was probably meant.</summary>
internal static class Nearest
{
    private const int MostEdits = 2;

    /// <summary>The one choice at most two edits away (or begun by <paramref name="word"/>), nearest first; null when nothing is near.</summary>
    internal static string? To(string word, IEnumerable<string> choices) => choices
        .Select(choice => (choice, edits: word.Length > 1 && choice.StartsWith(word, StringComparison.Ordinal) ? 0 : Edits(word, choice)))
        .Where(pair => pair.edits <= MostEdits && pair.edits < pair.choice.Length)
        .OrderBy(pair => pair.edits)
        .Select(pair => pair.choice)
        .FirstOrDefault();

    // Levenshtein, one row at a time; words of a command line are short, and a long one is nobody's typing error.
    private static int Edits(string from, string to)
    {
        if (from.Length > 32)
            return int.MaxValue;
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= to.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (from[i - 1] == to[j - 1] ? 0 : 1)));
        }

        return row[^1];
    }
}
