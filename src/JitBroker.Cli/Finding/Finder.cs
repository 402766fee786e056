using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Finding;

/// <summary>
/// Turns what a person types into an id: a full id is taken as it is; else a unique prefix of at least six, or an entitlement with exactly one. Sources are
/// asked one after another, the likeliest first, until one knows it.
/// </summary>
internal sealed class Finder(string noun, string nothing)
{
    private const int IdLength = 26;
    private const int LeastPrefix = 6;

    /// <summary>The id that <paramref name="text"/> means.</summary>
    /// <exception cref="RefusedHereException">Nothing is meant by it.</exception>
    /// <exception cref="UsageFaultException">Several are.</exception>
    public async Task<string> FindAsync(string text, params Source[] sources)
    {
        if (IsId(text))
            return text.ToUpperInvariant();
        foreach (var source in sources)
        {
            var meant = (await source.ListAsync()).Where(item => Means(item, text, source.ByEntitlement)).DistinctBy(item => item.Id, StringComparer.Ordinal).ToList();
            if (meant.Count == 1)
                return meant[0].Id;
            if (meant.Count > 1)
                throw Several(text, meant);
        }

        throw new RefusedHereException(Codes.NotFound, $"'{text}' is no {noun} that you can see here.", nothing);
    }

    private static bool Means(Candidate item, string text, bool byEntitlement) =>
        (byEntitlement && item.Entitlement == text) || (text.Length >= LeastPrefix && item.Id.StartsWith(text, StringComparison.OrdinalIgnoreCase));

    // Crockford's base 32, which ULIDs are written in.
    private static bool IsId(string text) => text.Length == IdLength && text.All(c => char.IsAsciiLetterOrDigit(c) && char.ToUpperInvariant(c) is not ('I' or 'L' or 'O' or 'U'));

    private UsageFaultException Several(string text, List<Candidate> meant) => new(
        $"'{text}' means {meant.Count} {noun}s: {string.Join(", ", meant.Take(5).Select(item => $"{item.Id} ({item.What})"))}{(meant.Count > 5 ? ", …" : "")}.",
        "give the id of one of them");
}

/// <summary>Something an argument may mean.</summary>
internal readonly record struct Candidate(string Id, string Entitlement, string What);

/// <summary>Where to look; <see cref="ByEntitlement"/> is false for things that are over: those are found by id alone.</summary>
internal sealed record Source(bool ByEntitlement, Func<Task<IEnumerable<Candidate>>> ListAsync);
