using System.Text.Json.Nodes;

namespace JitBroker.Server.Demo;

/// <summary>How a person of the tour looks at a screen, in either workspace: again and again, until what they wait for is there or they lose patience.</summary>
internal static class Looking
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    /// <param name="look">Null: not there yet.</param>
    /// <param name="otherwise">What is said when it does not come.</param>
    /// <exception cref="TourException">It did not come.</exception>
    public static async Task<T> UntilAsync<T>(Func<CancellationToken, Task<T?>> look, Func<string> otherwise, CancellationToken cancellationToken)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (true)
            {
                if (await look(either.Token) is { } found)
                    return found;
                await Task.Delay(Glance, either.Token);
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new TourException(otherwise());
        }
    }

    /// <summary>Everything that a message is made of.</summary>
    public static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        JsonObject map => map.Where(p => p.Value is not null).SelectMany(p => Nodes(p.Value)).Prepend(map),
        JsonArray list => list.SelectMany(Nodes),
        null => [],
        _ => [node],
    };
}
