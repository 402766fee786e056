namespace JitBroker.Catalog;

/// <summary>The word that was probably meant.</summary>
public static class NearestName
{
    /// <summary>The closest of <paramref name="known"/> by edit distance, or null when none is near (a third of its letters, at least one, may differ).</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        if (word.Length > 100)
            return null;
        var best = known
            .Where(k => Math.Abs(k.Length - word.Length) <= Allowed(k))
            .Select(k => (Name: k, Distance: Distance(word.ToLowerInvariant(), k.ToLowerInvariant())))
            .Where(c => c.Distance <= Allowed(c.Name))
            .OrderBy(c => c.Distance).ThenBy(c => c.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Name;
    }

    private static int Allowed(string name) => Math.Max(1, name.Length / 3);

    /// <summary>Edits between two words, a swap of neighbours counting as one.</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var least = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, rows[i - 2, j - 2] + 1);
                rows[i, j] = least;
            }
        }

        return rows[a.Length, b.Length];
    }
}
