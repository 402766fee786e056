using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Catalog.Reloading;

/// <summary>What operations are told of a catalog that did not come into force, as a delivery carries it.</summary>
/// <param name="Hash">Of the one that waits; null: it is broken.</param>
/// <param name="Lines">Its problems, or what it would do.</param>
/// <param name="Count">How many problems in all; 0 for one that waits.</param>
public sealed record CatalogNotice(string? Hash, IReadOnlyList<string> Lines, int Count)
{
    private const int LongestLine = 500;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static CatalogNotice Broken(int count, IReadOnlyList<string> problems) => new(null, [.. problems.Select(Cut)], count);

    public static CatalogNotice Held(string hash, IReadOnlyList<string> effect) => new(hash, [.. effect.Select(Cut)], 0);

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Options)!.AsObject();

    /// <summary>Null when it cannot be read.</summary>
    public static CatalogNotice? FromText(string data)
    {
        try
        {
            return JsonSerializer.Deserialize<CatalogNotice>(data, Options) is { Lines: not null } read ? read : null;
        }
        catch (JsonException)
        {
            // Written by another build; a notice that cannot be read is not worth failing for.
            return null;
        }
    }

    private static string Cut(string line) => line.Length <= LongestLine ? line : string.Concat(line.AsSpan(0, LongestLine - 1), "…");
}
