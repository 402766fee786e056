using System.Text.RegularExpressions;

namespace JitBroker.Tests.Docs;

/// <summary>
/// Reads the arrows of a drawn state diagram. <c>a --+--> b ----> c</c> goes from a to b and from b to c; a later line that begins with <c>+--></c>
/// branches off the state whose arrow has its <c>+</c> in the same column. Words that no arrow leads to are remarks.
/// </summary>
internal static partial class StateDiagram
{
    public static IReadOnlyList<(string From, string To)> Arrows(string diagram)
    {
        var arrows = new List<(string, string)>();
        var branches = new Dictionary<int, string>();
        foreach (var line in diagram.Split('\n'))
        {
            var from = FirstWord().Match(line).Value;
            foreach (Match arrow in Arrow().Matches(line))
            {
                var fork = arrow.Value.IndexOf('+', StringComparison.Ordinal) is var at and >= 0 ? arrow.Index + at : -1;
                if (from.Length == 0)
                    from = branches[fork];
                else if (fork >= 0)
                    branches[fork] = from;
                arrows.Add((from, arrow.Groups["to"].Value));
                from = arrow.Groups["to"].Value;
            }
        }

        return arrows;
    }

    [GeneratedRegex(@"^[a-z]+(?= +-)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"-*\+?-+> +(?<to>[a-z]+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Arrow();
}
